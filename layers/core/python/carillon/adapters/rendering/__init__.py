"""Templates: `liquid` is the port, `engine` runs LiquidJS, `velocity` is a language of its own."""
