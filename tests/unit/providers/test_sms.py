"""Text messages: what SNS and Twilio are sent, field by field."""

import base64
from urllib.parse import parse_qs

import pytest

from carillon.domain.base.errors import Invalid
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message

PROVIDERS = Providers()
sns = PROVIDERS.get("sns")
twilio = PROVIDERS.get("twilio")

TO = {"phone": "+49 (170) 123-4567"}
SID = "AC" + "0" * 32
TWILIO = {"account_sid": SID, "auth_token": "t0ken", "from": "+15005550006"}
EACH = pytest.mark.parametrize(("provider", "settings"), [(sns, {}), (twilio, TWILIO)])


def text_of(provider, settings, **fields):
    request = provider.build(message(**fields), TO, settings)
    if provider is sns:
        return request.arguments["Message"]
    return parse_qs(request.body.decode())["Body"][0]


def test_sns_publishes_to_one_number_as_the_settings_say():
    settings = {"sender_id": "Carillon", "origination_number": "+491", "max_price": "0.50"}
    request = sns.build(message(), TO, settings | {"type": "Promotional", "max_price": "0.50"})

    assert request.arguments == {
        "PhoneNumber": "+491701234567",
        "Message": "Shipped\nIt is on its way.",
        "MessageAttributes": {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Promotional"},
            "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Carillon"},
            "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.50"},
            "AWS.MM.SMS.OriginationNumber": {"DataType": "String", "StringValue": "+491"},
        },
    }


def test_sns_sends_what_matters_unless_told_otherwise():
    attributes = sns.build(message(), TO, {}).arguments["MessageAttributes"]

    assert attributes == {
        "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
    }


def test_twilio_gets_a_form_and_the_accounts_credentials():
    request = twilio.build(message(), TO, TWILIO)

    assert request.method == "POST"
    assert request.url == f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages.json"
    assert request.headers["authorization"] == (
        "Basic " + base64.b64encode(f"{SID}:t0ken".encode()).decode()
    )
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.body.decode()) == {
        "To": ["+491701234567"],
        "From": ["+15005550006"],
        "Body": ["Shipped\nIt is on its way."],
    }


def test_twilio_takes_a_messaging_service_in_the_place_of_a_sender():
    service = "MG" + "a" * 32
    settings = {"account_sid": SID, "auth_token": "t", "messaging_service_sid": service}

    form = parse_qs(twilio.build(message(), TO, settings).body.decode())

    assert form["MessagingServiceSid"] == [service]
    assert "From" not in form


@EACH
def test_a_text_keeps_its_letters_and_has_no_markup(provider, settings):
    assert text_of(provider, settings, subject="", text="Grüße @all & co") == "Grüße @all & co"
    assert text_of(provider, settings, text="") == "Shipped"


@EACH
def test_a_text_that_is_too_long_is_cut_without_a_letter_that_makes_it_dearer(provider, settings):
    text = text_of(provider, settings, text="x" * 5_000)

    assert len(text) == 1_600
    assert text.endswith("x...")
    assert text.isascii()


@EACH
def test_a_text_without_words_is_refused(provider, settings):
    with pytest.raises(Invalid):
        provider.build(message(subject=" ", text="\n"), TO, settings)


@EACH
@pytest.mark.parametrize(
    "address",
    [
        {},
        {"phone": ""},
        {"phone": "0170 1234567"},
        {"phone": "(415) 555-2671"},
        {"phone": "4155552671"},
        {"phone": "491701234567"},
        {"phone": "00491701234567"},
        {"phone": " +491701234567"},
        {"phone": "tel:+491701234567"},
        {"phone": "+49 170 1234567 ext. 5"},
        {"phone": "+49"},
        {"phone": "+4917012345678901"},
        {"phone": "+49170x"},
        {"phone": "+49170123&To=+1"},
        {"phone": "+49 170 1234567\nBody"},
        {"phone": "+٤٩١٧٠١٢٣٤٥٦٧"},
        {"email": "ana@example.com"},
    ],
)
def test_what_is_no_number_with_its_country_is_refused(provider, settings, address):
    with pytest.raises(Invalid):
        provider.build(message(), address, settings)


@pytest.mark.parametrize(
    ("provider", "settings", "path"),
    [
        (sns, {"sender_id": "1234"}, "sender_id"),
        (sns, {"sender_id": "TooLongASender"}, "sender_id"),
        (sns, {"type": "Urgent"}, "type"),
        (sns, {"max_price": "-1"}, "max_price"),
        (sns, {"origination_number": "me"}, "origination_number"),
        (twilio, {**TWILIO, "account_sid": "AC/../x"}, "account_sid"),
        (twilio, {**TWILIO, "auth_token": "a\nb"}, "auth_token"),
        (twilio, {**TWILIO, "from": "+1\r\n"}, "from"),
        (twilio, {"account_sid": SID, "auth_token": "t"}, ""),
        (twilio, {**TWILIO, "messaging_service_sid": "MG" + "0" * 32}, ""),
        (twilio, {**TWILIO, "url": "https://x.example"}, "url"),
    ],
)
def test_settings_that_cannot_work_are_told_with_their_path(provider, settings, path):
    assert [problem.within for problem in provider.check(settings)] == [path]


@EACH
def test_requests_show_no_secret(provider, settings):
    shown = repr(provider.build(message(), TO, settings))

    assert "170" not in shown
    assert "t0ken" not in shown


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # each takes two places
        ("€" * 80 + "a", 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 69 + "…", 1),
        ("a" * 70 + "…", 2),
    ],
)
def test_a_text_is_charged_by_its_parts(text, parts):
    assert sns.parts(message(subject="", text=text)) == parts
    assert twilio.parts(message(subject="", text=text)) == 0
