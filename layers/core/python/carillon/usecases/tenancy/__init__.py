"""Manage tenants, keys and tokens; delete a tenant; announce events of our own."""
