"""Consumes InAppQueue."""

from carillon.runtime.delivery import handler

__all__ = ["handler"]
