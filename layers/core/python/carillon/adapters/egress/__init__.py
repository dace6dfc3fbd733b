"""The one egress: every request to a service outside passes its guard."""
