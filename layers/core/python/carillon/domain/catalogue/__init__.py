"""Event types, the applications that they belong to, and their templates."""
