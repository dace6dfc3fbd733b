"""Between Bitcaster's words and ours, by resource: no I/O, no decisions."""
