"""Who of the clinic may see the staff pages, and what they do there."""
