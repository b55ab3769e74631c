"""Rasa graph components that read a message: normalise, embed, classify, find, link."""
