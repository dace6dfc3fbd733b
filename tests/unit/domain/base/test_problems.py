"""What is wrong with a request, in words for those who know JSON and no Python."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict

import pytest
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from carillon.domain.base.problems import continuing


def _never(value: Any) -> Any:
    raise ValueError("must be something else")


class Named(TypedDict):
    name: str


@pytest.mark.parametrize(
    ("type", "given", "said"),
    [
        (Named, {}, "is required"),
        (Named, 7, "must be a valid object"),
        (dict[str, int], [], "must be a valid object"),
        (tuple[int, ...], 7, "must be a valid list"),
        (frozenset[int], 7, "must be a valid list"),
        (bool, "perhaps", "must be a valid boolean, unable to interpret input"),
        (Literal["a", "b"], "c", "must be 'a' or 'b'"),
        (Annotated[str, Field(min_length=2)], "x", "must have at least 2 characters"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "must have at most 1 item"),
        (Annotated[int, Field(ge=3)], 1, "must be greater than or equal to 3"),
        (Annotated[str, AfterValidator(_never)], "x", "must be something else"),
        (datetime, "x", "must be a valid datetime or date, input is too short"),
    ],
)
def test_a_problem_continues_the_name_of_its_field(type, given, said):
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(type).validate_python(given)

    [found] = refused.value.errors()
    assert continuing(found["msg"]) == said


def test_words_of_ours_are_left_alone():
    assert continuing("events should not be empty") == "events should not be empty"
