"""What Carillon knows: frozen values and pure functions on the standard library alone."""
