"""Translation between the admin API's models and the domain, one module per resource."""
