"""Subscriptions to event types."""
