"""Bitcaster's API: https://github.com/bitcaster-io/bitcaster/tree/develop/docs/api"""

from collections.abc import Mapping
from typing import Any, Final

from carillon.dialects.bitcaster.errors import dialect
from carillon.dialects.bitcaster.places import within
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category

__all__ = ["AUDIENCE", "dialect", "within"]

# The rules of every endpoint that manages users, addresses and distribution lists.
AUDIENCE: Final[Mapping[str, Any]] = {
    "scope": Scope.AUDIENCE,
    "within": within,
    "category": Category.CONFIGURATION,
}
