"""The admin API's requests and responses, a module a resource."""
