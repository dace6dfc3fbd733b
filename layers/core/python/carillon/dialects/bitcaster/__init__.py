"""Bitcaster's API."""

from carillon.dialects.bitcaster.errors import dialect
from carillon.dialects.bitcaster.places import within

__all__ = ["dialect", "within"]
