"""Providers configured with a tenant's credentials, and verified sender addresses."""
