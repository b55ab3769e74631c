"""The history of the calendar's tables."""
