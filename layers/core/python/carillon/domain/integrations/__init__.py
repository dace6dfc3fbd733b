"""Integrations (providers with a tenant's settings) and verified sender addresses."""
