"""The methods of lists, maps, their views and entries, and of `$foreach`."""

from collections.abc import Mapping
from typing import Any

from carillon.adapters.rendering.velocity import values
from carillon.adapters.rendering.velocity.signatures import Method, Refused
from carillon.adapters.rendering.velocity.state import Rendering, check_items


def value_of(owner: Mapping[Any, Any], key: Any) -> Any:
    return owner.get(key) if isinstance(key, str | int | float | None) else None


def _get(_: Rendering, owner: list[Any], index: int) -> Any:
    if not 0 <= index < len(owner):
        raise Refused
    return owner[index]


def _index_of(rendering: Rendering, owner: list[Any], wanted: Any) -> int:
    found = (n for n, item in enumerate(owner) if values.are_same(item, wanted, rendering))
    return next(found, -1)


def _contains(rendering: Rendering, owner: list[Any], wanted: Any) -> bool:
    return _index_of(rendering, owner, wanted) >= 0


def _sub_list(_: Rendering, owner: list[Any], first: int, end: int) -> list[Any]:
    if not 0 <= first <= end <= len(owner):
        raise Refused
    return owner[first:end]


def _add(_: Rendering, owner: list[Any], item: Any) -> bool:
    check_items(len(owner) + 1)
    owner.append(item)
    return True


def _add_all(_: Rendering, owner: list[Any], items: list[Any]) -> bool:
    check_items(len(owner) + len(items))
    owner.extend(list(items))
    return bool(items)


def _put(_: Rendering, owner: dict[Any, Any], key: Any, value: Any) -> Any:
    if not isinstance(key, str | int | float | None):
        raise Refused
    before = owner.get(key)
    owner[key] = value
    check_items(len(owner))
    return before


def _remove(_: Rendering, owner: dict[Any, Any], key: Any) -> Any:
    return owner.pop(key, None) if isinstance(key, str | int | float | None) else None


def _has_value(rendering: Rendering, owner: dict[Any, Any], wanted: Any) -> bool:
    return _contains(rendering, list(owner.values()), wanted)


def _has_key(_: Rendering, owner: dict[Any, Any], key: Any) -> bool:
    return isinstance(key, str | int | float | None) and key in owner


def _or_default(_: Rendering, owner: dict[Any, Any], key: Any, default: Any) -> Any:
    return value_of(owner, key) if _has_key(_, owner, key) else default


def _entries(_: Rendering, owner: dict[Any, Any]) -> values.View:
    return values.View(tuple(values.Entry(key, item) for key, item in owner.items()))


OF_LISTS: Mapping[str, Method] = {
    "size": Method(lambda _, o: len(o), ()),
    "isEmpty": Method(lambda _, o: not o, ()),
    "get": Method(_get, (int,)),
    "contains": Method(_contains, (object,)),
    "indexOf": Method(_index_of, (object,)),
    "subList": Method(_sub_list, (int, int)),
    "add": Method(_add, (object,)),
    "addAll": Method(_add_all, (list,)),
}
OF_MAPS: Mapping[str, Method] = {
    "size": Method(lambda _, o: len(o), ()),
    "isEmpty": Method(lambda _, o: not o, ()),
    "get": Method(lambda _, o, key: value_of(o, key), (object,)),
    "getOrDefault": Method(_or_default, (object, object)),
    "containsKey": Method(_has_key, (object,)),
    "containsValue": Method(_has_value, (object,)),
    "keySet": Method(lambda _, o: values.View(tuple(o)), ()),
    "values": Method(lambda _, o: values.View(tuple(o.values())), ()),
    "entrySet": Method(_entries, ()),
    "put": Method(_put, (object, object)),
    "remove": Method(_remove, (object,)),
}
OF_VIEWS: Mapping[str, Method] = {
    "size": Method(lambda _, o: len(o.items), ()),
    "isEmpty": Method(lambda _, o: not o.items, ()),
    "contains": Method(lambda r, o, wanted: _contains(r, list(o.items), wanted), (object,)),
}
OF_ENTRIES: Mapping[str, Method] = {
    "getKey": Method(lambda _, o: o.key, ()),
    "getValue": Method(lambda _, o: o.value, ()),
}
OF_LOOPS: Mapping[str, Method] = {
    "getIndex": Method(lambda _, o: o.index, ()),
    "getCount": Method(lambda _, o: o.index + 1, ()),
    "getHasNext": Method(lambda _, o: o.has_next, ()),
    "hasNext": Method(lambda _, o: o.has_next, ()),
    "isFirst": Method(lambda _, o: o.index == 0, ()),
    "getFirst": Method(lambda _, o: o.index == 0, ()),
    "isLast": Method(lambda _, o: not o.has_next, ()),
    "getLast": Method(lambda _, o: not o.has_next, ()),
    "getParent": Method(lambda _, o: o.parent, ()),
    "getTopmost": Method(lambda _, o: o.topmost, ()),
}
# Methods by which a template changes data, of which it then needs a copy.
CHANGING = frozenset({"add", "addAll", "put", "remove"})
