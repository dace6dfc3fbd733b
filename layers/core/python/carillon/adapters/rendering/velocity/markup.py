"""Which text is the author's, and which is data that must not become markup."""

from typing import Self

from carillon.domain.catalogue.markups import marked


class Marked(str):
    """A text in which the author's words are as they are, and data is marked, in its `form`."""

    __slots__ = ("form",)
    form: str

    def __new__(cls, text: str, form: str) -> Self:
        made = super().__new__(cls, text)
        made.form = form
        return made


def form_of(text: str) -> str:
    return text.form if isinstance(text, Marked) else marked(text)


def joined(left: str, right: str) -> str:
    """Join two texts, each in its own form."""
    if isinstance(left, Marked) or isinstance(right, Marked):
        return Marked(str.__add__(left, right), form_of(left) + form_of(right))
    return left + right


def replaced(text: str, old: str, new: str) -> str:
    """Replace parts of a text; what the author puts in, such as `<br>`, stays markup."""
    if not isinstance(new, Marked) or isinstance(text, Marked) or not old:
        return str(text).replace(old, new)
    pieces = str(text).split(old)
    return Marked(str(new).join(pieces), new.form.join(map(marked, pieces)))
