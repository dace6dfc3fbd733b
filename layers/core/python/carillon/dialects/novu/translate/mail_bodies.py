"""Split Novu's single body of a mail into the text and the HTML that a mail has."""

import html
import re
from collections.abc import Iterable, Iterator

_OPENING = re.compile(
    r"(?P<liquid>\{\{|\{%)|(?P<comment><!--)|(?P<tag><[/!]?(?P<element>[a-zA-Z][a-zA-Z0-9]*))"
)
_LIQUID_ENDS = {"{{": "}}", "{%": "%}"}
_HIDDEN = frozenset({"head", "script", "style", "title"})
_BREAKS = frozenset(
    {"blockquote", "br", "div", "hr", "li", "ol", "p", "table", "tr", "ul"}
    | {f"h{level}" for level in range(1, 7)}
)
# The Liquid in an attribute's value may have the quotes that the value has.
_LINK = re.compile(
    r"""<a\s(?:[^>]*?\s)?href\s*=\s*(?:"((?:\{\{.*?\}\}|[^"])*)"|'((?:\{\{.*?\}\}|[^'])*)'|([^\s>"']+))""",
    re.IGNORECASE | re.DOTALL,
)
_LINK_ENDS = re.compile(r"</a\s*>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]*\n[ \t\n]*")


def split(body: str) -> tuple[str, str]:
    """Return text and HTML; the HTML is empty for a body without tags."""
    pieces = list(_pieces(body))
    if not any(kind in {"tag", "break"} for kind, _ in pieces):
        return body, ""
    return _SPACES.sub("\n", _text(pieces)).strip(), body


def _text(pieces: Iterable[tuple[str, str]]) -> str:
    """Write the pieces as text, each link behind its words: `Reset it (https://…)`."""
    said: list[str] = []
    target, begins = "", 0
    for kind, piece in pieces:
        if kind == "tag" and (link := _LINK.match(piece)):
            target, begins = _target(link), len(said)
        elif kind == "tag" and target and _LINK_ENDS.match(piece):
            words = "".join(said[begins:]).strip()
            said.append("" if target in {words, f"mailto:{words}"} else f" ({target})")
            target = ""
        else:
            said.append(_said(kind, piece))
    return "".join(said)


def _target(link: re.Match[str]) -> str:
    """Return the link's URL, empty for a place within the mail itself."""
    target = html.unescape(next(filter(None, link.groups()), "")).strip()
    return "" if target.startswith("#") else target


def _said(kind: str, piece: str) -> str:
    match kind:
        case "text":
            return html.unescape(piece)
        case "liquid":
            return piece
        case _:
            return "\n" if kind == "break" else ""


def _pieces(body: str) -> Iterator[tuple[str, str]]:
    """Yield text, Liquid and tags in order; Liquid is kept as it is, hidden elements are dropped.

    Each closing text is searched in vain at most once, so that the time stays linear.
    """
    small = body.lower()
    done, never = 0, set[str]()
    for found in _OPENING.finditer(body):
        end = _end_of(found)
        if found.start() < done or end in never:
            continue
        stop = small.find(end, found.end())
        if stop < 0:
            never.add(end)
            continue
        yield "text", body[done : found.start()]
        done = stop + len(end)
        yield _kind(found), body[found.start() : done]
    yield "text", body[done:]


def _end_of(found: re.Match[str]) -> str:
    if found["liquid"]:
        return _LIQUID_ENDS[found["liquid"]]
    if found["comment"]:
        return "-->"
    element = found["element"].lower()
    return f"</{element}>" if element in _HIDDEN and found["tag"][1] != "/" else ">"


def _kind(found: re.Match[str]) -> str:
    if found["liquid"]:
        return "liquid"
    return "break" if (found["element"] or "").lower() in _BREAKS else "tag"
