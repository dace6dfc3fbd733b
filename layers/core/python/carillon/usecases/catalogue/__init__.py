"""Manage applications, event types and their templates."""
