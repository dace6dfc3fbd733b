"""Tenants, their API keys and tokens, and how much they may use."""
