"""Cursors: positions at which a list continues, bound to that list.

A cursor holds a position and a fingerprint of it and its list, so that one that was damaged, or is
another list's, is refused. It is not secret and not signed: it is only used within the
authenticated tenant's partition, so a forged one leads its forger to a position of the same list.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from carillon.domain.base import ids
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem, Problem
from carillon.domain.base.terms import FieldName

_FINGERPRINT_LENGTH = 8
_LONGEST_NUMBER = 6
_LONGEST_PART = 1024  # bytes: what a sort key holds


def encode(listing: str, *position: str, sealed: bool = True) -> str:
    """Encode a position of a list; `listing` names the list.

    Unsealed, it is an id, as clients keep it: another position has another id, and none is damaged.
    """
    found = _fingerprint(listing, position if sealed else ())
    text = json.dumps([found, *position], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(listing: str, cursor: str, parts: int | None, *, sealed: bool = True) -> Sequence[str]:
    """Return the parts of the position; raise Invalid for a cursor of another list, or for none.

    None for `parts` takes any number.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        json.dumps(found, ensure_ascii=False).encode()  # raises for half of a surrogate pair
    except (binascii.Error, ValueError, RecursionError):
        found = None
    match found:
        case [str(fingerprint), *position] if all(map(_fits, position)):
            same = encode(listing, *position, sealed=sealed) == cursor.rstrip("=")
            if same and fingerprint and parts in {None, len(position)}:
                return position
    raise _invalid()


def number(part: str, below: int) -> int:
    """Read a part as a number from 0 to `below` - 1; raise Invalid for any other."""
    if not part.isdecimal() or len(part) > _LONGEST_NUMBER or int(part) >= below:
        raise _invalid()
    return int(part)


def time(part: str) -> datetime:
    """Read a part as a time in UTC; raise Invalid for any other."""
    try:
        return datetime.fromisoformat(part).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _invalid() from None


@contextmanager
def given_as(field: FieldName) -> Iterator[None]:
    """Place a cursor's problem in the field that a caller gave the cursor in."""
    try:
        yield
    except Invalid as error:
        raise Invalid(*(_placed(problem, field) for problem in error.problems)) from None


def _placed(problem: Problem, field: FieldName) -> Problem:
    if isinstance(problem, FieldProblem) and problem.field is FieldName.CURSOR:
        return replace(problem, field=field)
    return problem


def _fits(part: object) -> bool:
    return isinstance(part, str) and len(part.encode()) <= _LONGEST_PART


def _invalid() -> Invalid:
    return Invalid(FieldProblem(FieldName.CURSOR, "is not a cursor of this list"))


def _fingerprint(listing: str, position: Sequence[str]) -> str:
    of_it = [json.dumps(list(position))] if position else []
    return ids.derived(listing, *of_it)[:_FINGERPRINT_LENGTH]
