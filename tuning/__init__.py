"""Tune the sentence encoder to what people write to a spine clinic."""
