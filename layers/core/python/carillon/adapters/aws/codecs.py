"""Domain values as JSON strings: what the tables' `data` and the queues' bodies hold."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter


def dump(value: Any) -> str:
    """ASCII, so that its length is its size, without what is at its default."""
    return dump_as(type(value), value)


def dump_as(kind: Any, value: Any) -> str:
    return _adapter(kind).dump_json(value, exclude_defaults=True, ensure_ascii=True).decode()


def load[T](kind: type[T], text: str) -> T:
    """Raise pydantic's ValidationError for what is not one."""
    name: Any = kind
    value: T = _adapter(name).validate_json(text)
    return value


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
