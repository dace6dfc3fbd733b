"""The files of mails: decoded, read from their store, or fetched."""

import base64
from dataclasses import replace

import pytest

from carillon.domain.base.errors import Invalid, Unavailable
from carillon.domain.catalogue.templates import File
from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import NoAnswer, Response
from carillon.domain.intake.attachments import LARGEST, Attachment
from carillon.usecases.delivery import files as module
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


@pytest.mark.parametrize(
    ("answer", "error"), [(Response(status=503), NoAnswer), (Response(status=404), Invalid)]
)
def test_a_url_that_fails_is_asked_once_for_all_mails(answer, error):
    ports = a.world(egress=fakes.Egress([answer]))
    files = Files(ports.of(a.TENANT))

    for _ in range(3):
        with pytest.raises(error):
            files.of([Attachment(name="a", url=URL)])

    assert len(ports.egress.requests) == 1


class Store:
    """Has each content that is named after it, unless it is told otherwise; counts its reads."""

    def __init__(self, answer=None):
        self.reads = []
        self._answer = answer or (lambda key: key.encode())

    def find(self, key):
        self.reads.append(key)
        return self._answer(key)


def reading(store):
    return Files(replace(a.world().of(a.TENANT), attachments=store))


def stored(*keys):
    return [Attachment(name=f"{key}.pdf", key=key) for key in keys]


def test_a_stored_file_is_read_once_for_all_mails():
    store = Store()
    files = reading(store)

    found = [files.of(stored("a", "b", "a")) for _ in range(3)]

    assert [[file.content for file in some] for some in found] == [[b"a", b"b", b"a"]] * 3
    assert store.reads == ["a", "b"]


def test_a_stored_file_that_is_gone_is_named_and_never_sent():
    store = Store(lambda _: None)
    files = reading(store)

    for _ in range(2):
        with pytest.raises(NoAnswer) as none:
            files.of(stored("a"))

    result = none.value.result
    assert (result.outcome, result.code, result.detail) == (Outcome.BAD, "attachment_gone", "a.pdf")
    assert store.reads == ["a"]


def test_a_store_that_is_not_available_is_asked_once_for_all_mails():
    def unavailable(_key):
        raise Unavailable("S3 is not available")

    store = Store(unavailable)
    files = reading(store)

    for _ in range(2):
        with pytest.raises(Unavailable):
            files.of(stored("a"))

    assert store.reads == ["a"]


def test_no_more_is_kept_than_has_room_and_the_latest_always_is(monkeypatch):
    monkeypatch.setattr(module, "_HELD", 10)
    store = Store(lambda key: key.encode() * 4)
    files = reading(store)

    for key in ("a", "b", "c", "c", "b", "a"):
        assert files.of(stored(key))[0].content == key.encode() * 4
    assert store.reads == ["a", "b", "c", "a"]

    monkeypatch.setattr(module, "_HELD", 1)
    for _ in range(2):
        files.of(stored("d"))
    assert store.reads[4:] == ["d"]
