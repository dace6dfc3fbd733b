"""Translation between Bitcaster's models and the domain, one module per resource."""
