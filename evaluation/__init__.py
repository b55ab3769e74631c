"""Measure how well Atlas understands: intents, findings, warning signs, speed."""
