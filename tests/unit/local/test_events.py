import base64
import json

import pytest

from local import events
from local.events import Request
from local.routing import Match
from local.template import Function

FUNCTION = Function(id="F", module="m", attribute="h", timeout=3, memory=128, routes=())


def event(*, body=b"", headers=(), query="", path="/a/b%20c", parameters=None):
    request = Request(
        method="POST",
        path=path,
        query=query,
        headers=[("host", "localhost:8025"), ("user-agent", "curl"), *headers],
        body=body,
        client="127.0.0.1",
    )
    return events.to_event(request, Match("POST /a/{id}", FUNCTION, parameters or {}))


def test_an_event_has_payload_format_2():
    made = event(body=b'{"a":1}', headers=[("content-type", "application/json")])

    assert made["version"] == "2.0"
    assert made["routeKey"] == "POST /a/{id}"
    assert made["rawPath"] == "/a/b c"
    assert made["body"] == '{"a":1}'
    assert made["isBase64Encoded"] is False
    assert made["requestContext"]["http"]["method"] == "POST"
    assert made["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert made["requestContext"]["stage"] == "$default"
    json.dumps(made)


def test_repeated_headers_and_parameters_are_joined_by_commas():
    made = event(headers=[("x-a", "1"), ("x-a", "2")], query="q=1&q=two%20words&empty=")

    assert made["headers"]["x-a"] == "1,2"
    assert made["queryStringParameters"] == {"q": "1,two words", "empty": ""}
    assert made["rawQueryString"] == "q=1&q=two%20words&empty="


def test_cookies_are_apart_from_headers():
    made = event(headers=[("cookie", "a=1; b=2")])

    assert made["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in made["headers"]


def test_absent_parts_are_absent():
    made = event()

    assert not {"body", "cookies", "queryStringParameters", "pathParameters"} & made.keys()


@pytest.mark.parametrize(
    ("content_type", "body", "as_text"),
    [
        ("application/json; charset=utf-8", b"{}", True),
        ("application/problem+json", b"{}", True),
        ("text/plain", "é".encode(), True),
        ("", b"{}", True),
        ("application/json", b"\xff\xfe", False),
        ("application/x-www-form-urlencoded", b"a=1", False),
        ("application/octet-stream", b"\x00", False),
    ],
)
def test_a_body_is_text_or_base64_by_its_type(content_type, body, as_text):
    headers = [("content-type", content_type)] if content_type else []

    made = event(body=body, headers=headers)

    assert made["isBase64Encoded"] is not as_text
    assert (made["body"].encode() if as_text else base64.b64decode(made["body"])) == body


def test_an_answer_keeps_status_headers_and_cookies():
    answer = events.to_answer(
        {
            "statusCode": 201,
            "headers": {"Content-Type": "application/json", "Content-Length": "999"},
            "cookies": ["a=1", "b=2"],
            "body": '{"ok":true}',
        }
    )

    assert answer.status == 201
    assert answer.body == b'{"ok":true}'
    assert answer.headers == (
        ("content-type", "application/json"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    )


def test_a_base64_answer_is_decoded():
    encoded = base64.b64encode(b"\x00\x01").decode()

    answer = events.to_answer({"statusCode": 200, "body": encoded, "isBase64Encoded": True})

    assert answer.body == b"\x00\x01"


def test_a_result_without_a_status_is_json_with_200():
    answer = events.to_answer({"ok": True})

    assert (answer.status, answer.body) == (200, b'{"ok": true}')
