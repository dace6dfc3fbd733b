"""Who hears every event of a type."""
