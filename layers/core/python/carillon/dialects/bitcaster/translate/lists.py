"""Lists: plain arrays, which Bitcaster does not cut into pages."""

from collections.abc import Sequence
from urllib.parse import urlencode

from pydantic import BaseModel

from carillon.dialects.common import plain
from carillon.dialects.dialect import Answer

MOST = 5_000  # items of one answer: Lambda's has 6 MB


def answer[M: BaseModel](items: Sequence[M], cursor: str | None, url: str) -> Answer[list[M]]:
    """All there is; of more than one answer holds, where it goes on, as RFC 8288 has it."""
    more = {"link": f'<{url}?{urlencode({"cursor": cursor})}>; rel="next"'} if cursor else {}
    return Answer(status=200, body=plain(list(items)), headers=more)
