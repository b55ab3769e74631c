"""What runs inside the Rasa server: graph components, channels, stores, the workers."""

import os

# ONNX Runtime reports its use to Microsoft otherwise, through a database in the
# user's cache; it reads this when it is imported, which only happens from in here.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
