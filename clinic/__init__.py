"""What the clinic knows and does, in plain Python without any Rasa import."""
