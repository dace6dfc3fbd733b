"""JSON as a form says it, with brackets in the names."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=carillon"


def written(body: Any, kind: str) -> str:
    """The body as a form, without what no form can say: nulls, and empty lists and objects."""
    fields = list(_fields(body, ""))
    if kind == URLENCODED:
        return urlencode(fields)
    parts = (
        f'--carillon\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    )
    return "".join(parts) + "--carillon--\r\n"


def _fields(value: Any, name: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _fields(item, f"{name}[{key}]" if name else key)
        case list():
            for place, item in enumerate(value):
                yield from _fields(item, f"{name}[{place}]")
        case bool():
            yield name, str(value).lower()
        case None:
            return
        case _:
            yield name, str(value)
