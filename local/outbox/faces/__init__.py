"""One module per service, named like the provider with underscores."""
