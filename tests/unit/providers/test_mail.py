"""Mail by SES and by SMTP: what is written, and that no subject can add a header."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest

from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.templates import Copies
from carillon.providers.mail import parts
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message

PROVIDERS = Providers()
ses = PROVIDERS.get("ses")
smtp = PROVIDERS.get("smtp")

TO = {"email": "ana@example.com"}
SES = {"from": "Carillon <hello@carillon.example>"}
SMTP = {"host": "mail.example", "from": "Carillon <hello@carillon.example>"}


def written(settings=SMTP, address=TO, **fields):
    request = smtp.build(message(**fields), address, settings)
    return message_from_bytes(request.message, policy=policy.default)


def test_ses_is_called_with_one_recipient_and_the_deliverys_tag():
    settings = {**SES, "reply_to": "a@b.example", "configuration_set": "c", "tenant_name": "t"}

    assert ses.build(message(html="<p>x</p>"), TO, settings).arguments == {
        "FromEmailAddress": "Carillon <hello@carillon.example>",
        "Destination": {"ToAddresses": ["ana@example.com"]},
        "ReplyToAddresses": ["a@b.example"],
        "ConfigurationSetName": "c",
        "TenantName": "t",
        "EmailTags": [{"Name": "delivery", "Value": "dlv_1"}],
        "Content": {
            "Simple": {
                "Subject": {"Data": "Shipped", "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": "It is on its way.", "Charset": "UTF-8"},
                    "Html": {"Data": "<p>x</p>", "Charset": "UTF-8"},
                },
                "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
            }
        },
    }


def test_ses_gets_only_the_parts_there_are():
    text = ses.build(message(), TO, SES).arguments["Content"]["Simple"]["Body"]
    html = ses.build(message(text="", html="<p>x</p>"), TO, SES).arguments["Content"]["Simple"]

    assert text.keys() == {"Text"}
    assert html["Body"].keys() == {"Html"}


def test_a_mail_is_written_in_text_and_html():
    letter = written(html="<p>Grüße</p>", text="Grüße\n.\nFrom me", subject="Grüße " * 30 + "!")

    assert letter["From"] == "Carillon <hello@carillon.example>"
    assert letter["To"] == "ana@example.com"
    assert letter["Subject"] == "Grüße " * 30 + "!"
    assert letter["Date"] == "Sun, 01 Nov 2026 09:30:05 +0000"
    assert letter["Message-ID"] == "<dlv_1@carillon.example>"
    assert letter.get_content_type() == "multipart/alternative"
    assert letter.get_body(("plain",)).get_content().splitlines() == ["Grüße", ".", "From me"]
    assert letter.get_body(("html",)).get_content().strip() == "<p>Grüße</p>"


def test_a_mail_is_the_same_bytes_each_time_and_seven_bits_wide():
    first, second = (smtp.build(message(html="<p>ü</p>", text="ü"), TO, SMTP) for _ in range(2))

    assert first == second
    assert first.message.isascii()
    assert b"\n" not in first.message.replace(b"\r\n", b"")
    assert max(map(len, first.message.split(b"\r\n"))) <= 998


def test_a_mail_without_html_is_text_and_without_text_is_html():
    assert written().get_content_type() == "text/plain"
    assert written(text="", html="<p>x</p>").get_content_type() == "text/html"
    assert written(text="").get_content().strip() == ""


def test_the_events_name_stands_for_a_missing_subject():
    assert written(subject="")["Subject"] == "order-shipped"


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        ("Order\nshipped", "Order shipped"),
        ("Order\tshipped", "Order shipped"),
        ("Zeile 1\r\nZeile 2", "Zeile 1 Zeile 2"),
        ("a\r\n\r\n  b", "a b"),
        ("a\r\nBcc: x@y.z", "a Bcc: x@y.z"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf", "a b c d e f"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("a\ud800b", "ab"),
        (" \n ", "order-shipped"),  # the event's name
    ],
)
def test_a_subject_of_several_lines_is_one_and_adds_no_header(subject, line):
    mail = written(subject=subject)
    simple = ses.build(message(subject=subject), TO, SES).arguments["Content"]["Simple"]

    assert (mail["Subject"], simple["Subject"]["Data"]) == (line, line)
    assert mail["Bcc"] is None


LONG = "Уведомления «Акме», отдел доставки и возвратов, Москва"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Acme <a@acme.example>", "Acme"),
        ("Acme, Inc. <a@acme.example>", "Acme, Inc."),
        ('"Acme, Inc." <a@acme.example>', "Acme, Inc."),
        ('"Ben \\"B\\" Bo: (x)" <a@acme.example>', 'Ben "B" Bo: (x)'),
        ("Müller, Söhne & Co. GmbH, Berlin <a@acme.example>", "Müller, Söhne & Co. GmbH, Berlin"),
        ('"Zoë at Acme, Inc." <a@acme.example>', "Zoë at Acme, Inc."),
        ("Acme: Überweisung <a@acme.example>", "Acme: Überweisung"),
        ("お知らせ、ユーザー様 <a@acme.example>", "お知らせ、ユーザー様"),
        (f"{LONG} <a@acme.example>", LONG),
        ("🚀 Launch; Team <a@acme.example>", "🚀 Launch; Team"),
        ("a@acme.example", ""),
    ],
)
def test_a_name_of_any_script_is_read_as_it_was_given(given, name):
    request = smtp.build(message(), TO, {**SMTP, "from": given, "reply_to": given})
    mail = message_from_bytes(request.message, policy=policy.default)
    raw = message_from_bytes(request.message)["From"]
    call = ses.build(message(), TO, {**SES, "from": given}).arguments["FromEmailAddress"]

    for header in (mail["From"], mail["Reply-To"]):
        [read] = header.addresses
        assert read.addr_spec == "a@acme.example"
        # Python 3.13.0 keeps the space between two encoded words (RFC 2047, 6.2 says not to).
        assert read.display_name.replace(" ", "") == name.replace(" ", "")
    if not name.isascii():
        assert str(make_header(decode_header(raw))) == f"{name} <a@acme.example>"
    assert [address for _, address in getaddresses([raw])] == ["a@acme.example"]
    assert max(map(len, request.message.split(b"\r\n"))) <= 998
    assert call.isascii()
    assert all(len(word) <= 75 for word in call.split())
    assert parts(call) == (name, "a@acme.example")


def test_a_name_does_not_pass_for_an_address():
    hostile = '"Jörg <x@evil.example>" <a@acme.example>'

    with pytest.raises(Invalid):
        smtp.build(message(), TO, {**SMTP, "from": hostile})


def test_no_automatic_reply_is_asked_for():
    simple = ses.build(message(), TO, SES).arguments["Content"]["Simple"]

    assert written()["Auto-Submitted"] == "auto-generated"
    assert {"Name": "Auto-Submitted", "Value": "auto-generated"} in simple["Headers"]


def test_an_address_with_other_letters_before_the_at_is_refused_in_words():
    with pytest.raises(Invalid, match="ASCII letters before the @"):
        smtp.build(message(), {"email": "jörg@acme.example"}, SMTP)


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"email": ""},
        {"email": "ana"},
        {"email": "ana@"},
        {"email": "@example.com"},
        {"email": "ana@example.com\r\nRCPT TO:<x@y.z>"},
        {"email": "ana@example.com, eve@example.com"},
        {"email": "Ana <ana@example.com>"},
        {"email": "ana@exa mple.com"},
        {"email": "<ana@example.com>"},
        {"email": "a" * 250 + "@example.com"},
        {"email": "ana@-example.com"},
        {"phone": "+1"},
    ],
)
def test_what_is_no_single_address_is_refused(address):
    with pytest.raises(Invalid):
        smtp.build(message(), address, SMTP)
    with pytest.raises(Invalid):
        ses.build(message(), address, SES)


def test_a_name_in_another_script_is_written_as_headers_and_dns_want_it():
    sender = ses.prepare({"from": "Jörg <a@bücher.example>"})["from"]

    assert sender.isascii()
    assert sender.endswith(" <a@xn--bcher-kva.example>")
    assert str(make_header(decode_header(sender))) == "Jörg <a@xn--bcher-kva.example>"
    assert ses.prepare({"from": sender})["from"] == sender
    assert written({**SMTP, "from": sender})["From"] == "Jörg <a@xn--bcher-kva.example>"


@pytest.mark.parametrize(
    ("port", "security"), [(465, "tls"), (587, "starttls"), (2525, "starttls")]
)
def test_tls_starts_as_the_port_wants_it(port, security):
    assert smtp.build(message(), TO, {**SMTP, "port": port}).security == security


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"from": "a@b.example"}, "host"),
        ({**SMTP, "port": 25}, "port"),
        ({**SMTP, "host": "a b"}, "host"),
        ({**SMTP, "host": "mail.example\r\n"}, "host"),
        ({**SMTP, "security": "none"}, "security"),
        ({**SMTP, "from": "a@b.example\r\nBcc: c@d.e"}, "from"),
        ({**SMTP, "from": "nobody"}, "from"),
        ({**SMTP, "bcc": "a@b.example"}, "bcc"),
    ],
)
def test_settings_that_cannot_work_are_told_with_their_path(settings, path):
    assert [problem.within for problem in smtp.check(settings)] == [path]


def test_requests_show_no_secret():
    request = smtp.build(message(), TO, {**SMTP, "username": "u", "password": "hunter2"})

    assert request.password == "hunter2"
    assert "hunter2" not in repr(request)
    assert "ana@" not in repr(request)


COPIES = Copies(
    to=("bo@example.com",), cc=("cy@example.com", "ANA@example.com"), bcc=("d@e.example",)
)


def test_copies_go_out_with_the_mail_each_address_once():
    assert ses.build(message(copies=COPIES), TO, SES).arguments["Destination"] == {
        "ToAddresses": ["ana@example.com", "bo@example.com"],
        "CcAddresses": ["cy@example.com"],
        "BccAddresses": ["d@e.example"],
    }


def test_by_smtp_the_blind_copies_are_in_the_envelope_alone():
    request = smtp.build(message(copies=COPIES), TO, SMTP)
    letter = message_from_bytes(request.message, policy=policy.default)

    assert request.recipient == "ana@example.com"
    assert request.copies == ("bo@example.com", "cy@example.com", "d@e.example")
    assert (letter["To"], letter["Cc"]) == ("ana@example.com, bo@example.com", "cy@example.com")
    assert b"d@e.example" not in request.message


@pytest.mark.parametrize("provider", [ses, smtp])
@pytest.mark.parametrize(
    "copies",
    [
        Copies(cc=("not an address",)),
        Copies(bcc=("a@b.example\r\nX: y",)),
        Copies(to=tuple(f"p{n}@example.com" for n in range(50))),
    ],
)
def test_copies_that_cannot_be_sent_are_refused(provider, copies):
    settings = SES if provider is ses else SMTP

    with pytest.raises(Invalid):
        provider.build(message(copies=copies), TO, settings)
