"""Lists: plain arrays, since Bitcaster has no pages."""

from collections.abc import Sequence
from urllib.parse import urlencode

from pydantic import BaseModel

from carillon.dialects.common import plain
from carillon.dialects.dialect import Answer

MOST = 5_000  # items of one answer, which Lambda limits to 6 MB


def answer[M: BaseModel](items: Sequence[M], cursor: str | None, url: str) -> Answer[list[M]]:
    """Return the items, and a `Link` header to the rest when they do not fit (RFC 8288)."""
    more = {"link": f'<{url}?{urlencode({"cursor": cursor})}>; rel="next"'} if cursor else {}
    return Answer(status=200, body=plain(list(items)), headers=more)
