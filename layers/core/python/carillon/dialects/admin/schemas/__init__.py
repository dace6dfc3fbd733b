"""The admin API's requests and responses, one module per resource."""
