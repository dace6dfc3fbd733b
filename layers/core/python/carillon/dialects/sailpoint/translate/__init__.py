"""Translation between SailPoint's models and the domain, one module per resource."""
