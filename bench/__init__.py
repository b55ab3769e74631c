"""Benchmarks: stock Rasa beside Atlas, the same dialogue, on the same machine."""
