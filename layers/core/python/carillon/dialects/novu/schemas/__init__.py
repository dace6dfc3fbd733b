"""What travels over Novu's API, by resource."""
