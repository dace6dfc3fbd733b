"""The services' faces, a module each, named as the provider with underscores."""
