"""The outside services: how to build a request for each, how to read its answer."""
