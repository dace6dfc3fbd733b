"""The ports on AWS and on the network."""
