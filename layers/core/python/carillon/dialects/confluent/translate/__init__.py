"""Translation between Confluent's models and the domain, one module per resource."""
