"""What the assistant may explain, and how it finds and words an answer."""
