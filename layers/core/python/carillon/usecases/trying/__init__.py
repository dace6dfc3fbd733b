"""Try a set-up before it matters; answered at once, never retried."""
