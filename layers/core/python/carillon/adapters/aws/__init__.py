"""Shared by the adapters on AWS: clients, the table, its keys, lists and bulk writes."""
