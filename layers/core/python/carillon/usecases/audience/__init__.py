"""Manage subscribers, topics, preferences and contexts."""
