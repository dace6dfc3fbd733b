"""Merging: what becomes of a user's own fields."""

import pytest

from carillon.domain.base.merging import Merging, merged

OLD = {"city": "Rome", "home": {"street": "Via Appia", "number": 1}, "age": 40}


@pytest.mark.parametrize(
    ("how", "new", "after"),
    [
        ("merge", {"home": {"number": 2}}, OLD | {"home": {"street": "Via Appia", "number": 2}}),
        ("merge", {"home": "none", "pet": 1}, OLD | {"home": "none", "pet": 1}),
        ("override", {"home": {"number": 2}}, OLD | {"home": {"number": 2}}),
        ("remove", {"age": None, "nothing": 1}, {"city": "Rome", "home": OLD["home"]}),
        ("remove", {"home": {"number": 0}}, OLD | {"home": {"street": "Via Appia"}}),
        ("remove", {"home": {"street": 0, "number": 0}}, {"city": "Rome", "age": 40}),
        ("rewrite", {"pet": 1}, {"pet": 1}),
        ("ignore", {"pet": 1}, OLD),
    ],
)
def test_new_fields_come_into_those_that_are_there(how, new, after):
    assert merged(OLD, new, Merging(how)) == after
