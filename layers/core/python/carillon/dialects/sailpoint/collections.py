"""How SailPoint's collections are asked for and answered: a bare array, its total in a header.

Source: https://developer.sailpoint.com/docs/api/standard-collection-parameters
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import filters
from carillon.dialects.sailpoint.filters import Filterable, Row

MOST = 250  # rows of a page; the official clients stop at the first page that is not full


class CollectionQuery(BaseModel):
    """Unknown parameters are ignored, as SailPoint does."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    limit: int = Field(default=MOST, ge=0, le=MOST)
    offset: int = Field(default=0, ge=0)
    count: bool = False
    filters: str = ""
    sorters: str = ""


def collected(
    rows: Sequence[Row],
    query: CollectionQuery,
    *,
    filterable: Filterable,
    sortable: frozenset[str] = frozenset(),
) -> tuple[Sequence[Row], int]:
    """The page that is asked for, and how many rows there are before it is cut out."""
    found = list(rows)
    if query.filters.strip():
        matches = filters.compiled(query.filters, filterable)
        found = [row for row in found if matches(row)]
    if query.sorters.strip():
        found = filters.ordered(found, query.sorters, sortable)
    return found[query.offset : query.offset + query.limit], len(found)


def answer(
    rows: Sequence[Row],
    query: CollectionQuery,
    *,
    filterable: Filterable,
    sortable: frozenset[str] = frozenset(),
) -> Answer[list[Row]]:
    """A page as SailPoint answers it; `X-Total-Count` only if asked for."""
    page, total = collected(rows, query, filterable=filterable, sortable=sortable)
    headers = {"x-total-count": str(total)} if query.count else {}
    return Answer(status=200, body=list(page), headers=headers)
