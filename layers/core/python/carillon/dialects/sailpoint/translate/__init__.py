"""Between SailPoint's words and ours: no I/O, no decisions."""
