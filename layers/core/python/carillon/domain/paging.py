"""One page of a longer list."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Page[T]:
    """Items, and the cursor that continues after them; None at the end."""

    items: Sequence[T]
    cursor: str | None = None
