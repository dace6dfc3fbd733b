"""Translation between Novu's models and the domain, one module per resource."""
