"""Accept events."""
