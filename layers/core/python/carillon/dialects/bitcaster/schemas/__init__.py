"""Requests and responses of Bitcaster's API, one module per resource."""
