"""The intake of events: what a caller says happened, and whether it was accepted."""
