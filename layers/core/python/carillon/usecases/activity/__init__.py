"""Find what happened to events, and read subscribers' feeds."""
