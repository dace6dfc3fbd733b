"""The net that all tests run over does catch."""

import base64
import json
import logging
import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from carillon.runtime.observability import logger
from tests import canaries
from tests.net import NET, Caught

ROOT = Path(__file__).parents[2]
TEST = """
import logging
from tests import canaries

def test_that_logs_a_secret():
    logging.getLogger("carillon.usecases.delivery.deliver").debug("to %s", canaries.EMAIL)

def test_that_does_not():
    logging.getLogger("carillon.usecases.delivery.deliver").warning("to somebody")
"""


def quoted_printable(text):
    letter = EmailMessage()
    letter.set_content(f"é {text}", cte="quoted-printable")
    return letter.as_string()


FORMS = {
    "as it is": str,
    "in lower case": str.lower,
    "as JSON": json.dumps,
    "as a repr": repr,
    "percent-encoded": lambda text: quote(text, safe=""),
    "as bytes": lambda text: repr(text.encode()),
    "in hex": lambda text: text.encode().hex(),
    "as quoted-printable": quoted_printable,
    **{
        f"in base64 after {n} bytes": lambda text, n=n: base64.b64encode(
            b"x" * n + text.encode()
        ).decode()
        for n in range(3)
    },
    "in URL-safe base64": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_found_in_whichever_form(form):
    for secret in (canaries.OPERATOR_KEY, canaries.EMAIL, canaries.PHONE, canaries.BOT_TOKEN):
        told = f"it is {form(secret)}!"

        assert canaries.found(told), told
        assert not canaries.found(canaries.masked(told))


def test_every_secret_we_plant_can_be_found():
    planted = {name: value for name, value in vars(canaries).items() if name.isupper()}

    assert all(canaries.found(value) for name, value in planted.items() if not name.startswith("_"))
    assert not canaries.found("an invocation, a delivery, 4711")


def by_exception():
    error = RuntimeError("plain")
    error.__cause__ = KeyError(canaries.PASSWORD)
    logging.getLogger("somebody.elses").error("plain", exc_info=error)


def by_extra_field():
    logging.getLogger("carillon.x").info("plain", extra={"x": canaries.PHONE})


LEAKS = {
    "in a message": lambda: logging.getLogger("botocore.hooks").warning(canaries.TEXT),
    "in an argument": lambda: logging.getLogger("carillon.x").info("%s", [canaries.BOT_TOKEN]),
    "in an exception's cause": by_exception,
    "in an extra field": by_extra_field,
    "in a key of our logger": lambda: logger.debug("plain", x={"y": canaries.EMAIL}),
    "at a logger that passes nothing on": lambda: logging.getLogger(
        "aws_lambda_powertools.x"
    ).warning(canaries.TEXT),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_secret_is_caught_and_shown_masked(leak):
    leak()

    with pytest.raises(Caught) as caught:
        NET.release()
    assert "***" in str(caught.value)
    assert not canaries.found(str(caught.value))
    NET.release()


def test_what_powertools_adds_to_every_line_is_read_too():
    with logger.append_context_keys(tenant=canaries.TEXT):
        logger.info("plain")

    with pytest.raises(Caught, match="stdout"):
        NET.release()


def test_a_line_without_a_secret_is_let_through():
    logger.info("failed", message_id="m1", errors=["KeyError at app.py:3"])

    NET.release()


def test_the_test_that_logged_it_fails_and_no_other(tmp_path):
    (tmp_path / "test_it.py").write_text(TEST)
    command = "-m pytest -p tests.net -p no:cacheprovider -c pyproject.toml -v --show-capture=no"

    done = subprocess.run(
        [sys.executable, *command.split(), f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/core/python'}"},
        capture_output=True,
        check=False,
        text=True,
    )

    assert "1 failed, 1 passed" in done.stdout
    assert "carillon.usecases.delivery.deliver: to ana.***@example.com" in done.stdout
    assert not canaries.found(done.stdout)
