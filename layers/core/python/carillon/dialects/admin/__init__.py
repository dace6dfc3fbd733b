"""The admin API: Carillon's own dialect, for what no other dialect can create."""

from carillon.dialects.admin.errors import dialect

__all__ = ["dialect"]
