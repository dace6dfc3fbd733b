"""Cursors: where a list continues, bound to the list it came from.

A cursor holds a position and a fingerprint of its list. It is no secret and needs no signature:
the partition it is used in is always built from the authenticated tenant, so a forged one only
moves its forger within the forger's own list.
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


def encode(listing: str, *position: str) -> str:
    text = json.dumps([_fingerprint(listing), *position], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(listing: str, cursor: str, parts: int) -> Sequence[str]:
    """The position's parts; raise Invalid for what is not a cursor of this list."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        json.dumps(found, ensure_ascii=False).encode()  # refuses half of a surrogate pair
    except (binascii.Error, ValueError, RecursionError):
        found = None
    match found:
        case [fingerprint, *position] if fingerprint == _fingerprint(listing):
            if len(position) == parts and all(map(_fits, position)):
                return position
    raise _invalid()


def number(part: str, below: int) -> int:
    """The part of a position that counts something."""
    if not part.isdecimal() or len(part) > _LONGEST_NUMBER or int(part) >= below:
        raise _invalid()
    return int(part)


def time(part: str) -> datetime:
    """The part of a position that is a time, in UTC."""
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


def _fingerprint(listing: str) -> str:
    return ids.derived(listing)[:_FINGERPRINT_LENGTH]
