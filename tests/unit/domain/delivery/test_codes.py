"""Each of our own codes has a sentence that says what to do."""

import ast
from pathlib import Path

import pytest

from carillon.domain.delivery import codes
from carillon.domain.delivery.deliveries import DeliveryRecord, Outcome, Status
from tests import builders as a

CORE = Path(codes.__file__).parents[2]
GIVEN = [*CORE.glob("adapters/egress/*.py"), *CORE.glob("providers/*.py")]
GIVEN += [*CORE.glob("domain/delivery/*.py"), *CORE.glob("usecases/delivery/*.py")]


def _texts(node: ast.AST) -> set[str]:
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def _codes(source: Path) -> set[str]:
    """Return the texts that the source gives as a code: by name, or to Unreachable."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Call):
            found |= {t for k in node.keywords if k.arg == "code" for t in _texts(k.value)}
            if isinstance(node.func, ast.Name) and node.func.id == "Unreachable" and node.args:
                found |= _texts(node.args[0])
        if isinstance(node, ast.Assign) and "code" in {getattr(t, "id", "") for t in node.targets}:
            found |= _texts(node.value)
    return {one for one in found if one.isidentifier() and one.islower() and one[-1] != "_"}


# Words of providers, not of ours, that a provider's module maps to others.
THEIRS = {"app_id", "code", "error_code"}


def test_every_code_of_ours_has_a_sentence():
    given = {code for source in GIVEN for code in _codes(source)} - THEIRS

    assert len(given) > 15
    assert given <= codes.SENTENCES.keys()


@pytest.mark.parametrize("code", [*codes.SENTENCES, "http_404", "http_503", "token_http_401"])
def test_a_sentence_is_one_and_says_what_to_do(code):
    told = codes.of_code(code)

    assert told.endswith(".")
    assert told.count(". ") >= 1


def record(status, **fields):
    known = {"delivery": "d1", "invocation": "i1", "integration": "int_ses", "provider": "ses"}
    given = {"outcome": Outcome.RETRY, "attempts": 1, "at": a.NOW} | fields
    return DeliveryRecord(status=status, **known, **given)


@pytest.mark.parametrize("outcome", set(Outcome) - {Outcome.SENT})
@pytest.mark.parametrize("status", set(Status) - {Status.SENT, Status.SKIPPED})
def test_whatever_was_not_sent_is_explained_even_with_a_providers_own_code(status, outcome):
    assert codes.explained(record(status, outcome=outcome, code="Their.Own"))


def test_what_was_sent_needs_no_explanation():
    assert codes.explained(record(Status.SENT, outcome=Outcome.SENT)) == ""


def test_what_was_given_up_is_not_said_to_be_tried_again():
    waiting = codes.explained(record(Status.RETRYING, code="no_answer"))
    over = codes.explained(record(Status.EXHAUSTED, code="no_answer", attempts=12))

    assert "tried again by itself" in waiting
    assert "tried again by itself" not in over
    assert "after 12 attempts" in over
