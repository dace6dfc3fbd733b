"""The outside services: how to build a request for each, and what its responses mean."""
