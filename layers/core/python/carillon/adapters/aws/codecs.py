"""Domain values as JSON: the `data` of items in the tables, and the bodies of messages."""

from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter


def dump(value: Any) -> str:
    """Return ASCII, whose length is its size in bytes, without fields that have their default."""
    return dump_as(type(value), value)


def dump_as(kind: Any, value: Any) -> str:
    return _adapter(kind).dump_json(value, exclude_defaults=True, ensure_ascii=True).decode()


def load[T](kind: type[T], text: str) -> T:
    """Return the value; raise pydantic's ValidationError when the text is not one."""
    name: Any = kind
    value: T = _adapter(name).validate_json(text)
    return value


def milliseconds(time: datetime) -> int:
    """Return a time as items hold it to be sorted or compared: since 1970."""
    return int(time.timestamp() * 1000)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
