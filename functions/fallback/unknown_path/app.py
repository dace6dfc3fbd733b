"""Any path that is no other function's"""

from carillon.runtime.fallback import handler

__all__ = ["handler"]
