"""Cuts a template into text, references, directives and comments.

The order of the alternatives matters: a comment goes before a directive, both before text.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from carillon.adapters.rendering.velocity.grammar import SyntaxProblem
from carillon.adapters.rendering.velocity.state import DEEPEST

_WORD = r"[A-Za-z_][A-Za-z0-9_]*"
_TOKEN = re.compile(
    rf"\#\[\[(?P<verbatim>)|\#\*(?P<comment>)|\#\#(?P<line>[^\r\n]*(?:\r\n|\r|\n)?)"
    rf"|(?<!\\)(?P<hidden>\\+)\#\{{?(?P<hidden_word>{_WORD})"
    rf"|\#(?:\{{(?P<braced_word>{_WORD})\}}|(?P<word>{_WORD}))"
    rf"|(?<!\\)(?P<backslashes>\\*)(?P<start>\$!?)(?:(?P<brace>\{{\$?){_WORD}|(?P<name>{_WORD}))"
)
_PROPERTY = re.compile(rf"\.{_WORD}(?P<call>\()?")
_BRACKETS = re.compile(r"\"[^\"]*\"|'[^']*'|[()\[\]{}\"']")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_QUOTES = {'"', "'"}
DIRECTIVES = frozenset(
    {"if", "elseif", "else", "end", "foreach", "set", "break", "stop"}
    | {"define", "evaluate", "include", "macro", "parse"}
)
_ARGUMENTS = re.compile(r"[ \t]*\([^()]*?\$!?\{?[A-Za-z_]")
_OPENING = re.compile(r"[ \t\r\n]*\(")


class Kind(StrEnum):
    TEXT = "text"
    REFERENCE = "reference"
    DIRECTIVE = "directive"


@dataclass(frozen=True)
class Piece:
    """A piece of a template: a text; a reference's source; or the name of a directive."""

    kind: Kind
    text: str
    at: int  # where it begins
    end: int
    backslashes: int = 0
    is_line: bool = False  # a comment to the end of the line, which leaves us at its beginning


def next_piece(source: str, at: int) -> tuple[str, Piece | None]:
    """Return the plain text from a place on, and what follows it."""
    match = _TOKEN.search(source, at)
    if not match:
        return source[at:], None
    return source[at : match.start()], _piece(source, match)


def closed(source: str, at: int) -> int:
    """Return the place behind the bracket that closes the one at a place."""
    open_: list[str] = []
    for match in _BRACKETS.finditer(source, at):
        token = match[0]
        if token in _CLOSING:
            open_.append(_CLOSING[token])
            if len(open_) > DEEPEST:
                raise SyntaxProblem(f"brackets are nested deeper than {DEEPEST}", match.start())
        elif token in _QUOTES:
            raise SyntaxProblem("a text is not closed", match.start())
        elif len(token) == 1:
            if not open_ or open_.pop() != token:
                raise SyntaxProblem(f"{token!r} is not expected here", match.start())
            if not open_:
                return match.end()
    raise SyntaxProblem(f"{source[at]!r} is not closed", at)


def argument(source: str, at: int) -> tuple[int, int] | None:
    """Return where the parentheses that follow a directive begin and end, or None."""
    opening = _OPENING.match(source, at)
    return (opening.end(), closed(source, opening.end() - 1)) if opening else None


def _piece(source: str, match: re.Match[str]) -> Piece:
    at, end = match.span()
    match match.lastgroup:
        case "verbatim":
            stop = _until(source, end, "]]#")
            return Piece(Kind.TEXT, source[end : stop - len("]]#")], at, stop)
        case "comment":
            return Piece(Kind.TEXT, "", at, _until(source, end, "*#"))
        case "line":
            return Piece(Kind.TEXT, "", at, end, is_line=True)
        case "hidden_word":
            return _hidden(match)
        case "braced_word" | "word" as group:
            return _word(source, match, match[group])
        case _:
            return _reference(source, match)


def _word(source: str, match: re.Match[str], word: str) -> Piece:
    """Read a directive, or a text; refuse `#elif($x)`, which Velocity would show as it is."""
    if word in DIRECTIVES:
        return Piece(Kind.DIRECTIVE, word, *match.span())
    if found := _ARGUMENTS.match(source, match.end()):
        raise SyntaxProblem(f"{match[0]}{found[0]} calls what is not there", match.start())
    return Piece(Kind.TEXT, match[0], *match.span())


def _hidden(match: re.Match[str]) -> Piece:
    r"""Read `\#if`, which is a text, and `\\#if`, which is a backslash and a directive."""
    at, end = match.span()
    count, word = len(match["hidden"]), match["hidden_word"]
    if word not in DIRECTIVES:
        return Piece(Kind.TEXT, match[0], at, end)
    if count % 2 == 0:
        return Piece(Kind.TEXT, "\\" * (count // 2), at, at + count)
    return Piece(Kind.TEXT, match[0][count // 2 + 1 :], at, end)


def _reference(source: str, match: re.Match[str]) -> Piece:
    begin = match.start("start")
    braced = match["brace"] is not None
    end = closed(source, match.start("brace")) if braced else _tail(source, match.end())
    return Piece(Kind.REFERENCE, source[begin:end], match.start(), end, len(match["backslashes"]))


def _tail(source: str, at: int) -> int:
    """Return where the properties, calls and indices of a reference end."""
    while at < len(source):
        if source[at] == "[":
            at = closed(source, at)
        elif found := _PROPERTY.match(source, at):
            at = closed(source, found.end() - 1) if found["call"] else found.end()
        else:
            break
    return at


def _until(source: str, at: int, end: str) -> int:
    found = source.find(end, at)
    if found < 0:
        raise SyntaxProblem(f"there is no {end}", at)
    return found + len(end)
