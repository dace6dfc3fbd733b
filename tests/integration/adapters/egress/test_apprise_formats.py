"""Apprise is told that a text is text, and makes of it what each service reads as that text."""

import json
from html.parser import HTMLParser
from urllib.parse import parse_qs

import pytest

from carillon.adapters.egress import apprise
from carillon.domain.delivery.transport import AppriseRequest, Response
from tests.unit.providers.markup_cases import VALUES
from tests.unit.providers.markup_readers import commonmark, read

TELEGRAM = "tgram://123456789:abcdefg_hijklmnop/12315544/"
KEY = "a" * 32 + "-" + "b" * 8 + "-" + "c" * 8
MAILGUN = f"mailgun://user@shop.example/{KEY}/ana@acme.example"
SENDGRID = "sendgrid://abcd:user@shop.example/ana@acme.example"
WEBEX = "webex://" + "a" * 80
ANSWER = b'{"ok": true, "result": {"message_id": 1, "chat": {"id": 1}}}'


class Posted:
    """The way out: it keeps the requests, and answers as if all were well."""

    def __init__(self):
        self.requests = []

    def send(self, request, _budget):
        self.requests.append(request)
        return Response(status=200, body=ANSWER)

    def begin(self):
        """Begin the budget's time."""


class Html(HTMLParser):
    """Reads HTML as browsers and Telegram do; `<br>` is a line end."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.text = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, _attrs):
        if tag == "br":
            self.text += "\n"
        else:
            self.tags.append(tag)

    def handle_data(self, data):
        self.text += data.replace("\N{NO-BREAK SPACE}", " ")

    def handle_comment(self, data):
        self.tags.append(data)


def posted(url, **fields):
    out = Posted()
    request = AppriseRequest(url=url, **{"title": "", "body": "x", **fields})
    apprise.send(request, out, out)
    return out.requests[-1].body.decode()


def lines(text):
    return " ".join(text.split())


@pytest.mark.parametrize("value", VALUES)
def test_telegram_reads_a_text_as_it_is(value):
    body = json.loads(posted(TELEGRAM, title="A & <B>", body=VALUES[value]))

    found = Html(body["text"])
    assert body["parse_mode"] == "HTML"
    assert found.tags == ["b"]
    assert lines(found.text) == lines(f"A & <B> {VALUES[value]}")


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("url", [MAILGUN, SENDGRID], ids=["mailgun", "sendgrid"])
def test_a_mail_shows_a_text_with_its_lines(url, value):
    said = f"Dear Ana,\n{VALUES[value]}\nBye"
    body = posted(url, title="A & <B>", body=said)
    html = parse_qs(body)["html"][0] if url is MAILGUN else json.loads(body)["content"][0]["value"]

    found = Html(html)
    assert set(found.tags) <= {"html", "head", "body", "p", "div", "meta", "title"}
    assert lines(found.text) == lines(said)
    assert "Dear Ana,\n" in found.text


@pytest.mark.parametrize("value", ["link", "bold", "code", "heading", "list", "reference"])
def test_markdown_shows_a_text(value):
    structure, text = read(commonmark(json.loads(posted(WEBEX, body=VALUES[value]))["markdown"]))

    assert structure == ()
    assert lines(text) == lines(VALUES[value])


def test_html_of_a_template_is_html_where_the_service_reads_that():
    html = "<b>Order</b> &lt;7&gt; <a href='https://x.example/'>here</a>"
    fields = {"title": "A & <B>", "body": html, "is_html": True}

    telegram = json.loads(posted(TELEGRAM, **fields))["text"]
    mail = parse_qs(posted(MAILGUN, **fields))

    assert Html(telegram).tags == ["b", "b", "a"]
    assert lines(Html(telegram).text) == "A & <B> Order <7> here"
    assert mail["subject"] == ["A & <B>"]
    assert Html(mail["html"][0]).text == "Order <7> here"
    assert (
        "<" not in json.loads(posted("ntfys://topic", body="<b>x</b> y", is_html=True))["message"]
    )


@pytest.mark.parametrize("character", ["x", "я", "👨\u200d👩\u200d👧", "&"])
def test_telegram_gets_as_much_as_it_takes_with_a_mark(character):
    text = json.loads(posted(TELEGRAM, title="Title", body=character * 9_000))["text"]

    shown = Html(text).text
    assert 4_000 < len(shown) <= 4_096
    assert shown.endswith(f"{character}…")


def test_a_url_may_say_what_to_do_with_a_long_text():
    out = Posted()
    url = f"{TELEGRAM}?overflow=split"

    apprise.send(AppriseRequest(url=url, title="", body="x " * 3_000), out, out)

    assert len(out.requests) > 1
    assert all("…" not in json.loads(request.body)["text"] for request in out.requests)
