"""Templates in Liquid: `liquid` is the port, `sources` compiles, `limits` bounds a rendering."""
