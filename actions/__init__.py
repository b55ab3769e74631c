"""Rasa SDK actions: thin, one module a capability; the knowing is in `clinic/`."""
