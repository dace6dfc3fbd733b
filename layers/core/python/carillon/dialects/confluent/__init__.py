"""Confluent Cloud's notifications/v1: targets, and who hears of what by them."""

from carillon.dialects.confluent.errors import dialect, testing

__all__ = ["dialect", "testing"]
