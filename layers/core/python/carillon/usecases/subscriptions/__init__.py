"""Manage who hears every event of a type."""
