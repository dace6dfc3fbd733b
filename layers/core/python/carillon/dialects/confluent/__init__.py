"""Confluent Cloud's notifications/v1: integrations, and their subscriptions to event types."""

from carillon.dialects.confluent.errors import dialect, testing

__all__ = ["dialect", "testing"]
