"""One page of a longer list."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Page[T]:
    """Items, and the cursor that continues after them; None at the end."""

    items: Sequence[T]
    cursor: str | None = None


def page_of[T](
    items: Iterable[T], key: Callable[[T], str], cursor: str | None, limit: int
) -> Page[T]:
    """A page of what a store returns whole: in the order of the key, which is the cursor too."""
    rest = sorted((item for item in items if key(item) > (cursor or "")), key=key)
    return Page(rest[:limit], key(rest[limit - 1]) if len(rest) > limit else None)
