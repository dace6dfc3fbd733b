"""Templates in Liquid, within limits."""
