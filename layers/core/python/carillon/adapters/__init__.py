"""The ports' implementations on AWS and on the network."""
