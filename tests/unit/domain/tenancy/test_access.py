"""API keys: shown once, kept as a digest, a typing error told from a stranger without a look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carillon.domain.tenancy.access import (
    Credential,
    Grant,
    KeyReach,
    credential,
    new_credential,
    parse_credential,
)


@pytest.mark.parametrize(
    ("reach", "project", "application", "reached"),
    [
        (KeyReach.APPLICATION, "shop", None, True),
        (KeyReach.APPLICATION, "shop", "web", True),
        (KeyReach.APPLICATION, "shop", "api", False),
        (KeyReach.APPLICATION, "other", None, False),
        (KeyReach.PROJECT, "shop", "api", True),
        (KeyReach.PROJECT, "other", "web", False),
        (KeyReach.ORGANIZATION, "other", "api", True),
    ],
)
def test_a_key_goes_as_far_as_its_reach(reach, project, application, reached):
    grant = Grant(key="k", tenant="acme", application="shop/web", scopes=frozenset(), reach=reach)

    assert grant.reaches(project, application) is reached


def test_a_key_is_read_back_as_it_was_written():
    issued = new_credential()

    assert parse_credential(str(issued)) == issued
    assert credential(issued.id, issued.secret) == issued


@given(st.integers(0, 53), st.characters(codec="ascii", categories=["L", "N"]))
def test_one_wrong_letter_makes_it_no_key(position, letter):
    text = str(new_credential())
    wrong = text[:position] + letter + text[position + 1 :]

    assert wrong == text or parse_credential(wrong) is None


@given(st.text())
def test_nonsense_is_no_key(text):
    assert parse_credential(text) is None


def test_a_key_is_not_shown_by_accident():
    issued = new_credential()

    assert issued.secret not in repr(issued)
    assert issued.secret not in issued.digest


def test_no_two_keys_are_alike():
    assert len({new_credential().secret for _ in range(1000)}) == 1000
    assert isinstance(new_credential(), Credential)
