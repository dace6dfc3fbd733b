"""Any path without a function of its own"""

from carillon.runtime.fallback import handler

__all__ = ["handler"]
