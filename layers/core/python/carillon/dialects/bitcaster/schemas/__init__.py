"""What travels over Bitcaster's API, by resource."""
