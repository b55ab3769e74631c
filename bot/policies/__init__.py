"""Dialogue policies of Atlas's own."""
