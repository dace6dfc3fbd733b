"""HTTP requests and responses in an HTTP API's format (payload format 2.0)."""

import base64
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.aws import ACCOUNT
from local.routing import Match

API_ID = "localstack00"
# Content types whose bodies are passed as text; others in base64.
_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as received; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: Iterable[tuple[str, str]]
    body: bytes
    client: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = field(default=(("content-type", "application/json"),))


def message(status: int, text: str) -> Answer:
    """Make a response of the gateway itself."""
    return Answer(status=status, body=json.dumps({"message": text}).encode())


def to_event(request: Request, match: Match) -> dict[str, Any]:
    headers = _joined((name, value) for name, value in request.headers if name != "cookie")
    cookies = [value for name, value in request.headers if name == "cookie"]
    headers["x-forwarded-proto"] = "http"
    query = _joined(parse_qsl(request.query, keep_blank_values=True))
    now = time.time()
    path = unquote(request.path)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route_key,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": API_ID,
            "domainName": headers.get("host", ""),
            "domainPrefix": API_ID,
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.client,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": match.route_key,
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = [part.strip() for value in cookies for part in value.split(";")]
    if query:
        event["queryStringParameters"] = query
    if match.parameters:
        event["pathParameters"] = dict(match.parameters)
    if request.body:
        event |= _body(request.body, headers.get("content-type", ""))
    return event


def to_answer(result: Any) -> Answer:
    """Read a function's response; a result without a statusCode is a 200 with it as JSON."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return Answer(status=200, body=json.dumps(result).encode())
    body = result.get("body") or ""
    if not isinstance(body, str):
        body = json.dumps(body)
    encoded = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    headers = [
        (name.lower(), str(value))
        for name, value in (result.get("headers") or {}).items()
        if name.lower() != "content-length"
    ]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    headers += [("set-cookie", cookie) for cookie in result.get("cookies") or []]
    return Answer(status=int(result["statusCode"]), body=encoded, headers=tuple(headers))


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> Mapping[str, Any]:
    kind = content_type.partition(";")[0].strip().lower()
    if not kind or kind.startswith(_TEXT) or kind.endswith(("+json", "+xml")):
        try:
            return {"body": body.decode()}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
