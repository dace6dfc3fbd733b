"""SailPoint's collections: how they are filtered, sorted, paged and answered.

Source: https://developer.sailpoint.com/docs/api/standard-collection-parameters
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from carillon.dialects.common import plain
from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import filters
from carillon.dialects.sailpoint.filters import Filterable, Row

MOST = 250  # rows of a page; the official clients stop at the first page that is not full


class CollectionQuery(BaseModel):
    """Standard collection parameters."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    limit: int = Field(default=MOST, ge=0, le=MOST)
    offset: int = Field(default=0, ge=0)
    count: bool = False
    filters: str = ""
    sorters: str = ""


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The fields by which a collection may be filtered, with their operators, and sorted."""

    filterable: Filterable
    sortable: frozenset[str]


class Selection[T](NamedTuple):
    """One page, and the number of items on all pages."""

    page: Sequence[T]
    total: int


def select[T](
    items: Iterable[T],
    query: CollectionQuery,
    row: Callable[[T], Row],
    fields: Fields,
) -> Selection[T]:
    """Filter, sort and cut the items; `row` gives an item's fields by their wire names."""
    found = list(items)
    if query.filters.strip():
        matches = filters.compiled(query.filters, fields.filterable)
        found = [item for item in found if matches(row(item))]
    if query.sorters.strip():
        found = filters.ordered(found, query.sorters, fields.sortable, row)
    return Selection(found[query.offset : query.offset + query.limit], len(found))


def listed[M: BaseModel](page: Sequence[M], total: int, query: CollectionQuery) -> Answer[list[M]]:
    """Return the page as a bare array; `X-Total-Count` only if the query asks for it."""
    headers = {"x-total-count": str(total)} if query.count else {}
    return Answer(status=200, body=plain(list(page)), headers=headers)


def answer[M: BaseModel](
    items: Iterable[M], query: CollectionQuery, fields: Fields
) -> Answer[list[M]]:
    """Select among items that need nothing more, and return their page."""
    page, total = select(items, query, plain, fields)
    return listed(page, total, query)
