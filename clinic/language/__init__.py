"""Other languages than English: detect them, read the little that is covered, and reply in them."""
