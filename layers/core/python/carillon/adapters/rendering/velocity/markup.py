"""Which text is the author's markup, and which is data that must not become any."""

from html import escape
from typing import Self


class Marked(str):
    """A text that has a form of its own in HTML: the author's words, or data already escaped."""

    __slots__ = ("html",)
    html: str

    def __new__(cls, text: str, html: str) -> Self:
        made = super().__new__(cls, text)
        made.html = html
        return made


def html_of(text: str) -> str:
    return text.html if isinstance(text, Marked) else escape(text)


def joined(left: str, right: str) -> str:
    """Join two texts, each with its own form in HTML."""
    if isinstance(left, Marked) or isinstance(right, Marked):
        return Marked(str.__add__(left, right), html_of(left) + html_of(right))
    return left + right


def replaced(text: str, old: str, new: str) -> str:
    """Replace parts of a text; what the author puts in, such as `<br>`, stays markup."""
    if not isinstance(new, Marked) or isinstance(text, Marked) or not old:
        return str(text).replace(old, new)
    pieces = str(text).split(old)
    return Marked(str(new).join(pieces), new.html.join(map(escape, pieces)))
