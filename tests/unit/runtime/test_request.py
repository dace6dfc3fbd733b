"""Bodies: read as UTF-8 JSON alone, and refused in words where nothing could store them."""

import json

import pytest

from carillon.domain.base.errors import Invalid, Malformed
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.runtime.request import Request

HOSTILE = '{"a": "\\ud800"}'


def parsed(body):
    request = Request(
        method="POST",
        path="/",
        path_parameters={},
        query={},
        headers={},
        body=body,
        id="r",
        route="",
    )
    return request.json()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("text", ['{"a": 1}', HOSTILE, '{"a": "é"}'])
def test_other_encodings_than_utf_8_are_refused(encoding, text):
    with pytest.raises(Malformed):
        parsed(text.encode(encoding))


def test_half_a_pair_of_surrogates_is_refused():
    with pytest.raises(Malformed):
        parsed(HOSTILE.encode())


def test_utf_8_with_its_mark_is_read():
    assert parsed('{"a": "é😀"}'.encode("utf-8-sig")) == {"a": "é😀"}


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "1" + "0" * 309, "-1" + "0" * 400, "9" * 5_000]
)
@pytest.mark.parametrize("body", ["{}", '{{"a": {}}}', "[[{}]]"])
def test_numbers_that_no_client_could_read_are_refused(number, body):
    with pytest.raises(Malformed, match=r"range|Exceeds|digits"):
        parsed(
            (body.format(number) if "{}" in body else body).encode().replace(b"{}", number.encode())
        )


@pytest.mark.parametrize("number", ["1e308", str(2**1023), str(2**63), "-0.0"])
def test_other_numbers_are_read(number):
    assert parsed(number.encode()) == json.loads(number)


def test_a_hundred_problems_are_kept_and_all_are_counted():
    problems = [FieldProblem(FieldName.PAYLOAD, "is wrong", within=str(n)) for n in range(400_000)]

    error = Invalid(*problems)

    assert len(error.problems) == 100
    assert error.count == 400_000
    assert len(str(error)) < 10_000
