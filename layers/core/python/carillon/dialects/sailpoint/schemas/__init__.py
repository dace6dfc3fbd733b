"""What travels to and from SailPoint's clients."""
