"""What Carillon does: one module a thing, plain functions over the ports."""
