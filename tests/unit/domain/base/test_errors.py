"""The tree of errors is as its module draws it."""

import re

from carillon.domain.base import errors
from carillon.domain.base.errors import CarillonError, Unfinished

LINE = re.compile(r"^(?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+)(?:  |$)")


def drawn() -> dict[str, str]:
    """Each class in the drawing, with its parent."""
    parents: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").split("\n\n")[1].splitlines():
        match = LINE.match(line.removeprefix("    "))
        assert match, line
        depth = len(match["branch"]) // 4
        parents[match["name"]] = above[depth - 1] if depth else ""
        above[depth:] = [match["name"]]
    return parents


def defined() -> dict[str, str]:
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, Exception)]
    roots = {CarillonError, Unfinished}
    return {c.__name__: "" if c in roots else c.__bases__[0].__name__ for c in classes}


def test_the_drawing_is_the_tree():
    assert drawn() == defined()
    assert len(drawn()) > 20
