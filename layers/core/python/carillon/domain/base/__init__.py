"""Values that every capability shares: channels, errors, ids, pages, time spans."""
