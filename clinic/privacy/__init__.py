"""Keep what patients say sealed, for no longer than promised, and accounted for."""
