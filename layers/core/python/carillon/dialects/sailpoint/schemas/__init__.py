"""Requests and responses of SailPoint's API, one module per resource."""
