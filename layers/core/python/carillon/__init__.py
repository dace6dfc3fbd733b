"""Carillon's core: one domain, four dialects, every provider."""

__version__ = "0.1.0"
