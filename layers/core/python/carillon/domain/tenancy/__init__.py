"""Tenants, their API keys and tokens, and their limits."""
