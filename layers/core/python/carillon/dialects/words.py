"""A dialect's words for the domain's terms, and the problems that a dialect finds itself."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from carillon.domain.base.errors import CarillonError, Invalid, NotFound
from carillon.domain.base.problems import FieldProblem, Problem, ProblemKind, sentence
from carillon.domain.base.terms import FieldName, Noun


@dataclass(frozen=True)
class WireProblem:
    """A problem that a dialect or the runtime found: its path is the request's own.

    `path` is dotted: `steps.0.type`, a header's name, or empty for the request as a whole.
    """

    path: str
    message: str
    value: Any = None
    kind: ProblemKind = ""

    def __str__(self) -> str:
        return sentence(self.path, self.message)


@dataclass(frozen=True, kw_only=True)
class Words:
    """One dialect's translation of every FieldName and every Noun, each named exactly once.

    A field with a word of the dialect's is in `fields`: a path, or a function that makes the path
    from what leads into the field. The dialect calls a field in `same` as the domain does. No call
    of the dialect gets a field in `unsaid` wrong. A noun in `absences` has a sentence of its own,
    with `{id}` in it; one in `plain` has the domain's.
    """

    fields: Mapping[FieldName, str | Callable[[str], str]]
    same: frozenset[FieldName]
    unsaid: frozenset[FieldName]
    absences: Mapping[Noun, str]
    plain: frozenset[Noun]

    def path(self, problem: Problem) -> str:
        """Return where the problem is, as callers of the dialect know the place."""
        match problem:
            case FieldProblem(field=field, within=within):
                word = self.fields.get(field, field.value)
                return (
                    ".".join(filter(None, (word, within)))
                    if isinstance(word, str)
                    else word(within)
                )
            case WireProblem(path=path):
                return path
            case _:
                raise TypeError(f"{type(problem).__name__} is no problem that a dialect can place")

    def sentence(self, problem: Problem) -> str:
        """Return the problem as one sentence that begins with its place."""
        return sentence(self.path(problem), problem.message)

    def text(self, error: CarillonError) -> str:
        """Return the error's text, with fields and nouns in the dialect's words."""
        match error:
            case Invalid():
                return "; ".join(map(self.sentence, error.problems))
            case NotFound() if error.noun in self.absences:
                return self.absences[error.noun].format(id=error.id)
            case _:
                return str(error)


def members[E: StrEnum](of: type[E], names: str) -> frozenset[E]:
    """Return the members of an enum that are named in lower case, with spaces between."""
    return frozenset(of[name.upper()] for name in names.split())


@contextmanager
def named(names: Mapping[FieldName, str]) -> Iterator[None]:
    """Place problems with these fields by the names that one call alone has for them."""
    try:
        yield
    except Invalid as error:
        raise type(error)(*(_placed(problem, names) for problem in error.problems)) from None


def _placed(problem: Problem, names: Mapping[FieldName, str]) -> Problem:
    if not isinstance(problem, FieldProblem) or problem.field not in names:
        return problem
    path = ".".join(filter(None, (names[problem.field], problem.within)))
    return WireProblem(path, problem.message, problem.value, problem.kind)
