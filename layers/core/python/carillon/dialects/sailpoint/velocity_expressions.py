"""References and expressions of Velocity, translated to Liquid.

Every function raises Untranslatable, with the reason, for what has no equivalent.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from carillon.domain.delivery.vocabulary import OfSubscriber

NAME = r"[A-Za-z_]\w*"
_EXPRESSION = re.compile(
    rf"\s*(?:(?P<string>\"[^\"\n]*\"|'[^'\n]*')|(?P<number>-?\d+(?:\.\d+)?)"
    rf"|\$!?\{{?(?P<reference>{NAME})|(?P<operator>==|!=|<=|>=|&&|\|\||[<>!()=])|(?P<word>\w+))"
)
_WORDS: Mapping[str, str] = {
    "true": "true",
    "false": "false",
    "null": "nil",
    "and": "and",
    "or": "or",
    "not": "!",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
_OPERATORS: Mapping[str, str] = {"&&": "and", "||": "or"}
# Methods without arguments, and their filters in Liquid.
_METHODS: Mapping[str, str] = {
    "size": "size",
    "length": "size",
    "trim": "strip",
    "toLowerCase": "downcase",
    "toUpperCase": "upcase",
    "toString": "",
}
_ESCAPES: Mapping[str, str] = {"html": "escape", "xml": "escape", "url": "url_encode"}
_LOOP: Mapping[str, str] = {
    "foreach.count": "forloop.index",
    "foreach.index": "forloop.index0",
    "foreach.first": "forloop.first",
    "foreach.last": "forloop.last",
    "velocityCount": "forloop.index",
}
_RECIPIENT: Mapping[str, str] = {
    "id": OfSubscriber.ID,
    "firstName": OfSubscriber.FIRST_NAME,
    "givenName": OfSubscriber.FIRST_NAME,
    "lastName": OfSubscriber.LAST_NAME,
    "familyName": OfSubscriber.LAST_NAME,
    "email": OfSubscriber.EMAIL,
    "phone": OfSubscriber.PHONE,
    "locale": OfSubscriber.LOCALE,
}
_NAMED = "{{ subscriber.firstName }} {{ subscriber.lastName }}"

_TAIL = re.compile(
    rf"\.(?P<method>{NAME})\((?P<given>[^()\n]*)\)|\.(?P<property>{NAME})"
    r"|\[\s*(?P<index>\d+|'[^'\n]*'|\"[^\"\n$]*\")\s*\]"
)
_ESCAPE = re.compile(rf"\.(?P<kind>{NAME})\(\s*\$!?(?P<brace>\{{?)(?P<name>{NAME})")


class Untranslatable(Exception):
    """Why a piece of Velocity has no equivalent in Liquid."""


class Reference(NamedTuple):
    """A value in Liquid, with filters for its methods."""

    path: str
    filters: str = ""

    def shown(self) -> str:
        return _NAMED if self.path == "__recipient.name" else f"{{{{ {self.path}{self.filters} }}}}"


def condition(text: str) -> str:
    parts = _parts(text)
    if "(" in parts or "!" in parts[1:] or "=" in parts:
        raise Untranslatable("the condition cannot be translated: keep it without parentheses")
    if parts[:1] == ["!"] and len(parts) != 2:  # noqa: PLR2004 - the sign and its operand
        raise Untranslatable(
            "the condition cannot be translated: ! may only stand before one value"
        )
    if not parts:
        raise Untranslatable("the condition is empty")
    return " ".join(parts)


def value(text: str, *, filters: bool = False) -> str:
    parts = _parts(text, filters=filters)
    if len(parts) != 1 or parts[0] in {"!", "(", ")", "="}:
        raise Untranslatable("the value cannot be translated: a reference, text or number")
    return parts[0]


def braced(text: str) -> Reference:
    name = re.match(NAME, text)
    if not name:
        raise Untranslatable(f"cannot be translated: ${{{text[:40]}}}")
    found, at = reference(name[0], text, name.end())
    if at != len(text):
        raise Untranslatable(f"cannot be translated: ${{{text[:40]}}}")
    return found


def reference(name: str, text: str, at: int) -> tuple[Reference, int]:
    """Translate a reference with its properties, indices and methods; return where it ends."""
    if name == "__esc":
        return _escaped(text, at)
    path, filters = name, ""
    while found := _TAIL.match(text, at):
        if found["method"] is not None:
            method = _METHODS.get(found["method"])
            if method is None or found["given"].strip():
                key = re.fullmatch(r"\s*(\d+|'[^']*'|\"[^\"$]*\")\s*", found["given"])
                if found["method"] != "get" or not key:
                    raise Untranslatable(f"the method {found['method']} cannot be translated")
                path += f"[{key[1]}]"
            else:
                filters += f" | {method}" if method else ""
        elif filters:
            raise Untranslatable("nothing may follow a method")
        elif found["index"] is not None:
            path += f"[{found['index']}]"
        else:
            path += f".{found['property']}"
        at = found.end()
    return Reference(_known(path), filters), at


def _parts(text: str, *, filters: bool = False) -> list[str]:
    parts: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        found = _EXPRESSION.match(text, at)
        if not found:
            raise Untranslatable(f"cannot be translated: {text[at:].strip()[:40]}")
        kind, at = found.lastgroup or "", found.end()
        token = found[kind]
        if kind == "reference":
            token, at = _within(text, token, at, filters=filters)
        elif kind == "word" and token not in _WORDS:
            raise Untranslatable(f"cannot be translated: {token[:40]}")
        elif kind == "string" and "$" in token and token[0] == '"':
            raise Untranslatable("a text with a reference in it cannot be translated")
        parts.append(_WORDS.get(token, _OPERATORS.get(token, token)))
    return parts


def _within(text: str, name: str, at: int, *, filters: bool) -> tuple[str, int]:
    """Translate a reference in an expression, where Liquid allows filters only in an assignment."""
    braced = text[: at - len(name)].endswith("{")
    found, at = reference(name, text, at)
    if braced:
        if text[at : at + 1] != "}":
            raise Untranslatable("a { is not closed")
        at += 1
    if found.path == "__recipient.name":
        raise Untranslatable("$__recipient.name can only be shown")
    if found.filters == " | size":
        found = Reference(f"{found.path}.size")
    if found.filters and not filters:
        raise Untranslatable("a method in an expression cannot be translated")
    return found.path + found.filters, at


def _escaped(text: str, at: int) -> tuple[Reference, int]:
    """Translate `$__esc.html($value)` to a filter of the value."""
    found = _ESCAPE.match(text, at)
    if not found or found["kind"] not in _ESCAPES:
        raise Untranslatable("of $__esc only html, xml and url of a reference can be translated")
    inner, end = reference(found["name"], text, found.end())
    if found["brace"]:
        end += text[end : end + 1] == "}"
    if text[end : end + 1] != ")" or inner.path == "__recipient.name":
        raise Untranslatable("of $__esc only html, xml and url of a reference can be translated")
    return inner._replace(filters=f"{inner.filters} | {_ESCAPES[found['kind']]}"), end + 1


def _known(path: str) -> str:
    """Return the path under our names; Velocity's own helpers have none."""
    root, _, rest = path.partition(".")
    if root in {"__util", "__dateTool"}:
        raise Untranslatable(f"${root} cannot be translated")
    if root == "foreach" and path not in _LOOP:
        raise Untranslatable(f"${path} cannot be translated")
    if root == "__recipient" and rest and rest != "name":
        own = _RECIPIENT.get(rest)
        return f"subscriber.{own}" if own else f"subscriber.data.{rest}"
    return _LOOP.get(path, path)
