"""Manage integrations and sender addresses, and look them up while sending."""
