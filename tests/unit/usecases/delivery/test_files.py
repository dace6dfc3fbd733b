"""The files of mails: decoded, or fetched."""

import base64

import pytest

from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.templates import File
from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import NoAnswer, Response
from carillon.domain.intake.attachments import LARGEST, Attachment
from carillon.usecases.delivery.files import Files
from tests import builders as a
from tests import fakes

URL = "https://files.acme.example/a"


def of(*attachments, answers=()):
    ports = a.world(egress=fakes.Egress(answers))
    return Files(ports.of(a.TENANT)).of(attachments), ports.egress.requests


def test_a_file_has_what_the_event_says_of_it():
    content = base64.b64encode(b"abc").decode()
    attachment = Attachment(
        name="a.png", mime="image/png", content=content, content_id="a", inline=True
    )

    [file], asked = of(attachment)

    assert file == File(name="a.png", mime="image/png", content=b"abc", content_id="a", inline=True)
    assert asked == []


def test_a_url_is_fetched_once_and_as_far_as_the_limit_shows():
    both = [Attachment(name=name, url=URL) for name in ("a", "b")]

    files, [asked] = of(*both, answers=[Response(status=200, body=b"abc")])

    assert [file.content for file in files] == [b"abc", b"abc"]
    assert (asked.method, asked.url, asked.most) == ("GET", URL, LARGEST + 1)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_file_that_may_be_had_later_is_asked_for_later(status):
    with pytest.raises(NoAnswer) as none:
        of(Attachment(name="a", url=URL), answers=[Response(status=status)])

    assert (none.value.result.outcome, none.value.result.code) == (
        Outcome.RETRY,
        "attachment_unavailable",
    )


@pytest.mark.parametrize("status", [204, 206, 301, 401, 404])
def test_a_file_that_is_answered_otherwise_is_never_sent(status):
    with pytest.raises(Invalid, match=f"a is answered with {status}"):
        of(Attachment(name="a", url=URL), answers=[Response(status=status)])


def test_files_are_limited_together():
    half = Attachment(name="a", url=URL)
    other = Attachment(name="b", url=f"{URL}/b")
    body = b"x" * (LARGEST // 2 + 1)

    with pytest.raises(Invalid, match="together"):
        of(half, other, answers=[Response(status=200, body=body)] * 2)
