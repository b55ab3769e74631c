"""What runs inside the Rasa server: graph components, channels, stores, the one-process server."""
