"""Velocity, as far as notification templates use it, written anew in Liquid.

References (`$name`, `${a.b}`, `$!x`, `$list[0]`), `#if`, `#elseif`, `#else`, `#foreach`, `#set`,
`#end`, comments and escapes are translated; what else is Velocity is refused, with its line. What
is Liquid already passes as it is, so that a default template can be sent back changed.
Source: https://velocity.apache.org/engine/2.3/user-guide.html
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from carillon.domain.base.errors import Invalid, Problem

_NAME = r"[A-Za-z_]\w*"
_TOKEN = re.compile(
    r"(?P<raw>\#\[\[)|(?P<block>\#\*)"
    r"|\#\#(?P<line>[^\n]*)"
    r"|\\(?P<escaped>[$#]!?\{?[A-Za-z_]\w*)"
    rf"|\#\{{?(?P<directive>{_NAME})\}}?"
    rf"|\$!?(?:\{{(?P<braced>[^}}\n]{{0,200}})\}}|(?P<name>{_NAME}))",
    re.DOTALL,
)
_DIRECTIVES = frozenset({"if", "elseif", "else", "end", "foreach", "set"})
# Directives of Velocity that we do not translate; any other word after a # is text.
_REFUSED = frozenset({"break", "define", "evaluate", "include", "macro", "parse", "return", "stop"})
_EXPRESSION = re.compile(
    rf"\s*(?:(?P<string>\"[^\"\n]*\"|'[^'\n]*')|(?P<number>-?\d+(?:\.\d+)?)"
    rf"|\$!?\{{?(?P<reference>{_NAME})|(?P<operator>==|!=|<=|>=|&&|\|\||[<>!()=])|(?P<word>\w+))"
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
# Methods without arguments, and what they are in Liquid.
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
    "id": "subscriberId",
    "firstName": "firstName",
    "givenName": "firstName",
    "lastName": "lastName",
    "familyName": "lastName",
    "email": "email",
    "phone": "phone",
    "locale": "locale",
}
_NAMED = "{{ subscriber.firstName }} {{ subscriber.lastName }}"
_TOO_DEEP = 32


class _Reference(NamedTuple):
    """A value in Liquid, with the filters that its methods became."""

    path: str
    filters: str = ""

    def shown(self) -> str:
        return _NAMED if self.path == "__recipient.name" else f"{{{{ {self.path}{self.filters} }}}}"


def to_liquid(source: str, part: str) -> str:
    """The source in Liquid; raise Invalid, at the part and with the line, for what cannot be."""
    return _Translation(source, part).whole()


class _Translation:
    def __init__(self, source: str, part: str) -> None:
        self._source, self._part = source, part
        self._open: list[str] = []  # how each directive that is open will end
        self._at = 0

    def whole(self) -> str:
        out: list[str] = []
        while match := _TOKEN.search(self._source, self._at):
            out.append(self._source[self._at : match.start()])
            self._at = match.end()
            out.append(self._token(match))
        out.append(self._source[self._at :])
        if self._open:
            raise self._wrong("a directive is not ended with #end")
        return "".join(out)

    def _token(self, match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        text = match[kind]
        match kind:
            case "raw":
                return f"{{% raw %}}{self._until(']]#')}{{% endraw %}}"
            case "block" | "line":  # a comment, whose lines still count
                return "\n" * (self._until("*#").count("\n") if kind == "block" else 0)
            case "escaped":
                return text
            case "directive":
                return self._directive(text, match[0])
            case "braced":
                return self._braced(text).shown()
            case _:
                return self._reference(text).shown()

    def _until(self, end: str) -> str:
        """What comes before the end of what began; searched for once, however often it begins."""
        found = self._source.find(end, self._at)
        if found < 0:
            raise self._wrong(f"there is no {end}")
        text = self._source[self._at : found]
        self._at = found + len(end)
        return text

    def _directive(self, name: str, text: str) -> str:
        if name in _REFUSED:
            raise self._wrong(f"#{name} cannot be translated")
        if name not in _DIRECTIVES:
            self._at -= len(text) - 1  # only a # and text, in which references may be
            return "#"
        return getattr(self, f"_{name}")()  # type: ignore[no-any-return]

    def _if(self) -> str:
        condition = self._condition(self._argument("#if"))
        negated = condition.startswith("! ")
        if len(self._open) >= _TOO_DEEP:
            raise self._wrong(f"directives are nested deeper than {_TOO_DEEP}")
        self._open.append("endunless" if negated else "endif")
        return f"{{% {'unless' if negated else 'if'} {condition.removeprefix('! ')} %}}"

    def _elseif(self) -> str:
        if not self._open or self._open[-1] == "endfor":
            raise self._wrong("#elseif is not within an #if")
        condition = self._condition(self._argument("#elseif"))
        if condition.startswith("! "):
            raise self._wrong("#elseif with ! cannot be translated")
        return f"{{% elsif {condition} %}}"

    def _else(self) -> str:
        if not self._open:
            raise self._wrong("#else is not within an #if")
        return "{% else %}"

    def _end(self) -> str:
        if not self._open:
            raise self._wrong("#end ends nothing")
        return f"{{% {self._open.pop()} %}}"

    def _foreach(self) -> str:
        argument = self._argument("#foreach")
        found = re.fullmatch(rf"\$\{{?({_NAME})\}}?\s+in\s+(\S.*)", argument, re.DOTALL)
        if not found:
            raise self._wrong("#foreach must be of the form ($item in $items)")
        if len(self._open) >= _TOO_DEEP:
            raise self._wrong(f"directives are nested deeper than {_TOO_DEEP}")
        items = self._value(found[2])
        self._open.append("endfor")
        return f"{{% for {found[1]} in {items} %}}"

    def _set(self) -> str:
        argument = self._argument("#set")
        found = re.fullmatch(rf"\$\{{?({_NAME})\}}?\s*=\s*(\S.*)", argument, re.DOTALL)
        if not found:
            raise self._wrong("#set must be of the form ($name = value)")
        return f"{{% assign {found[1]} = {self._value(found[2], filters=True)} %}}"

    def _argument(self, directive: str) -> str:
        """What is in the parentheses that follow."""
        begin = re.compile(r"\s*\(").match(self._source, self._at)
        if not begin:
            raise self._wrong(f"{directive} needs parentheses")
        depth, at = 1, begin.end()
        while depth and at < len(self._source):
            depth += {"(": 1, ")": -1}.get(self._source[at], 0)
            at += 1
        if depth:
            raise self._wrong(f"the parentheses of {directive} are not closed")
        argument = self._source[begin.end() : at - 1].strip()
        self._at = at
        return argument

    def _condition(self, text: str) -> str:
        parts = self._expression(text)
        if "(" in parts or "!" in parts[1:] or "=" in parts:
            raise self._wrong("the condition cannot be translated: keep it without parentheses")
        if parts[:1] == ["!"] and len(parts) != 2:  # noqa: PLR2004 - the sign and what it negates
            raise self._wrong("the condition cannot be translated: ! goes before one value alone")
        if not parts:
            raise self._wrong("the condition is empty")
        return " ".join(parts)

    def _value(self, text: str, *, filters: bool = False) -> str:
        parts = self._expression(text, filters=filters)
        if len(parts) != 1 or parts[0] in {"!", "(", ")", "="}:
            raise self._wrong("the value cannot be translated: a reference, text or number")
        return parts[0]

    def _expression(self, text: str, *, filters: bool = False) -> list[str]:
        parts: list[str] = []
        at = 0
        while at < len(text.rstrip()):
            found = _EXPRESSION.match(text, at)
            if not found:
                raise self._wrong(f"cannot be translated: {text[at:].strip()[:40]}")
            kind, at = found.lastgroup or "", found.end()
            token = found[kind]
            if kind == "reference":
                token, at = self._within(text, token, at, filters=filters)
            elif kind == "word" and token not in _WORDS:
                raise self._wrong(f"cannot be translated: {token[:40]}")
            elif kind == "string" and "$" in token and token[0] == '"':
                raise self._wrong("a text with a reference in it cannot be translated")
            parts.append(_WORDS.get(token, _OPERATORS.get(token, token)))
        return parts

    def _within(self, text: str, name: str, at: int, *, filters: bool) -> tuple[str, int]:
        """A reference in an expression, where Liquid knows filters in an assignment alone."""
        braced = text[: at - len(name)].endswith("{")
        reference, at = self._tail(name, text, at)
        if braced:
            if text[at : at + 1] != "}":
                raise self._wrong("a { is not closed")
            at += 1
        if reference.path == "__recipient.name":
            raise self._wrong("$__recipient.name can only be shown")
        if reference.filters == " | size":
            reference = _Reference(f"{reference.path}.size")
        if reference.filters and not filters:
            raise self._wrong("a method in an expression cannot be translated")
        return reference.path + reference.filters, at

    def _braced(self, text: str) -> _Reference:
        name = re.match(_NAME, text)
        if not name:
            raise self._wrong(f"cannot be translated: ${{{text[:40]}}}")
        reference, at = self._tail(name[0], text, name.end())
        if at != len(text):
            raise self._wrong(f"cannot be translated: ${{{text[:40]}}}")
        return reference

    def _reference(self, name: str) -> _Reference:
        reference, self._at = self._tail(name, self._source, self._at)
        return reference

    def _tail(self, name: str, text: str, at: int) -> tuple[_Reference, int]:
        """What follows a reference's name: properties, indices, and methods that we know."""
        if name == "__esc":
            return self._escaped(text, at)
        path, filters = name, ""
        while found := _TAIL.match(text, at):
            if found["method"] is not None:
                method = _METHODS.get(found["method"])
                if method is None or found["given"].strip():
                    key = re.fullmatch(r"\s*(\d+|'[^']*'|\"[^\"$]*\")\s*", found["given"])
                    if found["method"] != "get" or not key:
                        raise self._wrong(f"the method {found['method']} cannot be translated")
                    path += f"[{key[1]}]"
                else:
                    filters += f" | {method}" if method else ""
            elif filters:
                raise self._wrong("what follows a method cannot be translated")
            elif found["index"] is not None:
                path += f"[{found['index']}]"
            else:
                path += f".{found['property']}"
            at = found.end()
        return _Reference(self._known(path), filters), at

    def _escaped(self, text: str, at: int) -> tuple[_Reference, int]:
        """`$__esc.html($value)`: the value through a filter."""
        found = _ESCAPE.match(text, at)
        if not found or found["kind"] not in _ESCAPES:
            raise self._wrong("of $__esc only html, xml and url of a reference can be translated")
        inner, end = self._tail(found["name"], text, found.end())
        if found["brace"]:
            end += text[end : end + 1] == "}"
        if text[end : end + 1] != ")" or inner.path == "__recipient.name":
            raise self._wrong("of $__esc only html, xml and url of a reference can be translated")
        return inner._replace(filters=f"{inner.filters} | {_ESCAPES[found['kind']]}"), end + 1

    def _known(self, path: str) -> str:
        """The path by our names; what helps in Velocity's own way has none."""
        root, _, rest = path.partition(".")
        if root in {"__util", "__dateTool"}:
            raise self._wrong(f"${root} cannot be translated")
        if root == "foreach" and path not in _LOOP:
            raise self._wrong(f"${path} cannot be translated")
        if root == "__recipient" and rest and rest != "name":
            own = _RECIPIENT.get(rest)
            return f"subscriber.{own}" if own else f"subscriber.data.{rest}"
        return _LOOP.get(path, path)

    def _wrong(self, why: str) -> Invalid:
        line = self._source.count("\n", 0, self._at) + 1
        return Invalid(Problem(self._part, f"line {line}: {why}"))


_TAIL = re.compile(
    rf"\.(?P<method>{_NAME})\((?P<given>[^()\n]*)\)|\.(?P<property>{_NAME})"
    r"|\[\s*(?P<index>\d+|'[^'\n]*'|\"[^\"\n$]*\")\s*\]"
)
_ESCAPE = re.compile(rf"\.(?P<kind>{_NAME})\(\s*\$!?(?P<brace>\{{?)(?P<name>{_NAME})")

type Walk = Callable[[str], str]


def walked(value: object, change: Walk) -> object:
    """The JSON with each of its texts changed."""
    match value:
        case str():
            return change(value)
        case dict():
            return {name: walked(item, change) for name, item in value.items()}
        case list():
            return [walked(item, change) for item in value]
        case _:
            return value
