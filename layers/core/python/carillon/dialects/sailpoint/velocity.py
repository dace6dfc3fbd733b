"""Velocity, as far as notification templates use it, translated to Liquid.

References (`$name`, `${a.b}`, `$!x`, `$list[0]`), `#if`, `#elseif`, `#else`, `#foreach`, `#set`,
`#end`, comments and escapes are translated; any other Velocity is refused, with its line. Liquid
is left as it is, so that a default template can be edited and sent back.
Source: https://velocity.apache.org/engine/2.3/user-guide.html
"""

import re

from carillon.dialects.sailpoint.velocity_expressions import (
    NAME,
    Reference,
    Untranslatable,
    braced,
    condition,
    reference,
    value,
)
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid

_TOKEN = re.compile(
    r"(?P<raw>\#\[\[)|(?P<block>\#\*)"
    r"|\#\#(?P<line>[^\n]*)"
    r"|\\(?P<escaped>[$#]!?\{?[A-Za-z_]\w*)"
    rf"|\#\{{?(?P<directive>{NAME})\}}?"
    rf"|\$!?(?:\{{(?P<braced>[^}}\n]{{0,200}})\}}|(?P<name>{NAME}))",
    re.DOTALL,
)
_DIRECTIVES = frozenset({"if", "elseif", "else", "end", "foreach", "set"})
# Directives without an equivalent; any other word after a # is text.
_REFUSED = frozenset({"break", "define", "evaluate", "include", "macro", "parse", "return", "stop"})
_TOO_DEEP = 32


def to_liquid(source: str, part: str) -> str:
    """Return the source in Liquid; raise Invalid, with the line, for what has no equivalent."""
    return _Translation(source, part).whole()


class _Translation:
    def __init__(self, source: str, part: str) -> None:
        self._source, self._part = source, part
        self._open: list[str] = []  # the Liquid tag that ends each open directive
        self._at = 0

    def whole(self) -> str:
        try:
            return self._translated()
        except Untranslatable as error:
            line = self._source.count("\n", 0, self._at) + 1
            raise Invalid(WireProblem(self._part, f"line {line}: {error}")) from None

    def _translated(self) -> str:
        out: list[str] = []
        while match := _TOKEN.search(self._source, self._at):
            out.append(self._source[self._at : match.start()])
            self._at = match.end()
            out.append(self._token(match))
        out.append(self._source[self._at :])
        if self._open:
            raise Untranslatable("a directive is not ended with #end")
        return "".join(out)

    def _token(self, match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        text = match[kind]
        match kind:
            case "raw":
                return f"{{% raw %}}{self._until(']]#')}{{% endraw %}}"
            case "block" | "line":  # a comment, whose line breaks stay
                return "\n" * (self._until("*#").count("\n") if kind == "block" else 0)
            case "escaped":
                return text
            case "directive":
                return self._directive(text, match[0])
            case "braced":
                return braced(text).shown()
            case _:
                return self._reference(text).shown()

    def _until(self, end: str) -> str:
        """Return the text up to `end`, and continue after it."""
        found = self._source.find(end, self._at)
        if found < 0:
            raise Untranslatable(f"there is no {end}")
        text = self._source[self._at : found]
        self._at = found + len(end)
        return text

    def _directive(self, name: str, text: str) -> str:
        if name in _REFUSED:
            raise Untranslatable(f"#{name} cannot be translated")
        if name not in _DIRECTIVES:
            self._at -= len(text) - 1  # plain text, in which references may follow
            return "#"
        return getattr(self, f"_{name}")()  # type: ignore[no-any-return]

    def _if(self) -> str:
        test = condition(self._argument("#if"))
        negated = test.startswith("! ")
        if len(self._open) >= _TOO_DEEP:
            raise Untranslatable(f"directives are nested deeper than {_TOO_DEEP}")
        self._open.append("endunless" if negated else "endif")
        return f"{{% {'unless' if negated else 'if'} {test.removeprefix('! ')} %}}"

    def _elseif(self) -> str:
        if not self._open or self._open[-1] == "endfor":
            raise Untranslatable("#elseif is not within an #if")
        test = condition(self._argument("#elseif"))
        if test.startswith("! "):
            raise Untranslatable("#elseif with ! cannot be translated")
        return f"{{% elsif {test} %}}"

    def _else(self) -> str:
        if not self._open:
            raise Untranslatable("#else is not within an #if")
        return "{% else %}"

    def _end(self) -> str:
        if not self._open:
            raise Untranslatable("there is no directive to #end")
        return f"{{% {self._open.pop()} %}}"

    def _foreach(self) -> str:
        argument = self._argument("#foreach")
        found = re.fullmatch(rf"\$\{{?({NAME})\}}?\s+in\s+(\S.*)", argument, re.DOTALL)
        if not found:
            raise Untranslatable("#foreach must be of the form ($item in $items)")
        if len(self._open) >= _TOO_DEEP:
            raise Untranslatable(f"directives are nested deeper than {_TOO_DEEP}")
        items = value(found[2])
        self._open.append("endfor")
        return f"{{% for {found[1]} in {items} %}}"

    def _set(self) -> str:
        argument = self._argument("#set")
        found = re.fullmatch(rf"\$\{{?({NAME})\}}?\s*=\s*(\S.*)", argument, re.DOTALL)
        if not found:
            raise Untranslatable("#set must be of the form ($name = value)")
        return f"{{% assign {found[1]} = {value(found[2], filters=True)} %}}"

    def _argument(self, directive: str) -> str:
        """Return the text in the parentheses that follow."""
        begin = re.compile(r"\s*\(").match(self._source, self._at)
        if not begin:
            raise Untranslatable(f"{directive} needs parentheses")
        depth, at = 1, begin.end()
        while depth and at < len(self._source):
            depth += {"(": 1, ")": -1}.get(self._source[at], 0)
            at += 1
        if depth:
            raise Untranslatable(f"the parentheses of {directive} are not closed")
        argument = self._source[begin.end() : at - 1].strip()
        self._at = at
        return argument

    def _reference(self, name: str) -> Reference:
        found, self._at = reference(name, self._source, self._at)
        return found
