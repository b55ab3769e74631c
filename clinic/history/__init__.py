"""The pain history: reading it out of free text, and keeping it across messages."""
