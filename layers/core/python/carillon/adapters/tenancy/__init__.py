"""Tenants, keys, tokens and secrets on AWS; removal of a tenant's data."""
