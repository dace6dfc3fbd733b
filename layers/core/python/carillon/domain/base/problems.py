"""Problems: the single mistakes that an Invalid lists, each with its place in the request."""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from carillon.domain.base.terms import FieldName

_LONGEST = 200  # characters of a path or a message

# The kinds of mistake that some dialect has a code for: no value, a value outside a fixed choice,
# more than a limit, and a reference to what does not exist.
type ProblemKind = Literal["missing", "choice", "limit", "reference", ""]


class Problem(Protocol):
    """One thing wrong with a request: a FieldProblem, or a dialect's own WireProblem.

    `message` continues the name of the place: "must be a boolean".
    """

    @property
    def message(self) -> str: ...
    @property
    def value(self) -> Any:
        """The value found there; None where it is absent or may be a secret."""

    @property
    def kind(self) -> ProblemKind: ...


@dataclass(frozen=True)
class FieldProblem:
    """A problem that the core found: the dialect names the field.

    `within` leads into the field, by names and list indexes joined by dots.
    """

    field: FieldName
    message: str
    value: Any = None
    kind: ProblemKind = ""
    within: str = ""

    def under(self, field: FieldName, place: str) -> "FieldProblem":
        """Return the problem as one within another field, at a place there: `templates`, `0`."""
        return replace(self, field=field, within=joined(place, self.field, self.within))

    def __str__(self) -> str:
        return sentence(joined(self.field, self.within), self.message)


def joined(*parts: str) -> str:
    """Join the parts of a path by dots, without the empty ones."""
    return ".".join(filter(None, parts))


def shortened(text: str) -> str:
    """Return the text, cut with a mark: keys and messages of a caller's may have 64 KB."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def sentence(place: str, message: str) -> str:
    """Join a place and its message, unless the message names the place itself."""
    return message if message.startswith(f"{place} ") else f"{place} {message}".strip()


# Sentences of pydantic, and ours for them: a caller knows JSON, and no Python.
_OURS = (
    (re.compile(r"^(?:Value error|Assertion failed), "), ""),
    (re.compile(r"^Field required$"), "is required"),
    (re.compile(r"^Extra inputs are not permitted$"), "is not known"),
    (re.compile(r"^(?:Dictionary|Input|List|Set|String|Tuple|Value) should "), "must "),
    (re.compile(r"\bvalid dictionary(?: or instance of \w+)?"), "valid object"),
    (re.compile(r"\bvalid (?:frozenset|set|tuple)"), "valid list"),
    (re.compile(r" after validation, not \d+$"), ""),
)


def continuing(text: str) -> str:
    """Reword the sentence of a model's check so that it continues the field's name."""
    for theirs, ours in _OURS:
        text = theirs.sub(ours, text)
    return text
