"""How urgent it is: warning signs, the level and its reasons."""
