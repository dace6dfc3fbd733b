"""Requests and responses of Novu's API, one module per resource."""
