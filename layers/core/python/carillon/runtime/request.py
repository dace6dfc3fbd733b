"""HTTP requests, read from API Gateway's events (HTTP API, payload format 2.0)."""

import base64
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import BadHeader, Malformed, TooLarge
from carillon.runtime import forms

BODY_LIMIT = 6 * 1024 * 1024  # bytes: Lambda's own limit
DEPTH_LIMIT = 32
STRING_LIMIT = 64 * 1024  # characters

_LARGEST = int(sys.float_info.max)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_IDEMPOTENCY_KEY_LIMIT = 255
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_NOT_IDEMPOTENT = frozenset({"POST", "PATCH"})  # by HTTP; other methods need no key


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    path_parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    id: str
    route: str  # method and path as in the template: `GET /v1/subscribers/{subscriberId}`
    address: str = ""  # the caller's IP address, as the gateway saw it

    @property
    def idempotency_key(self) -> str | None:
        """The Idempotency-Key of a POST or PATCH; other methods ignore it."""
        if self.method not in _NOT_IDEMPOTENT:
            return None
        key = self.headers.get("idempotency-key")
        if key is not None and len(key) > _IDEMPOTENCY_KEY_LIMIT:
            message = f"must not be longer than {_IDEMPOTENCY_KEY_LIMIT} characters"
            raise BadHeader(WireProblem("Idempotency-Key", message, key))
        return key or None

    @property
    def base_url(self) -> str:
        """The scheme and host that the caller used."""
        scheme = self.headers.get("x-forwarded-proto", "https")
        return f"{scheme}://{self.headers.get('host', '')}"

    @property
    def url(self) -> str:
        """The request's URL without its query."""
        return self.base_url + quote(self.path, safe="/@:")

    def json(self, longest: int = STRING_LIMIT) -> Any:
        """Parse the body strictly: refuse JSON that could not be stored or sent on.

        `longest` is how many characters one text may have.
        """
        self.check_size()
        try:
            # Bytes would be read as UTF-16 and UTF-32 too, where no escape is found by its bytes.
            text = self.body.decode("utf-8-sig")
            value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
            surrogates = _SURROGATE.search(text) is not None
            _check(value, depth=1, surrogates=surrogates, longest=longest)
        except RecursionError:
            raise Malformed(f"JSON is nested deeper than {DEPTH_LIMIT}") from None
        except UnicodeError:
            raise Malformed("The body is not UTF-8 text") from None
        except ValueError as error:  # JSONDecodeError, and integers too long to read
            raise Malformed(f"JSON parse error: {error}") from None
        return value

    @property
    def is_form(self) -> bool:
        return self._kind in _FORMS

    @property
    def looks_like_json(self) -> bool:
        """Whether the body is JSON, whatever its type: curl calls any body a form."""
        return self.body.lstrip()[:1] in {b"{", b"["}

    def form(self) -> Mapping[str, str]:
        """Return a form's fields as texts, falling back on the query's."""
        return {**self.query, **forms.flat(self._fields())}

    def nested_form(self) -> dict[str, Any]:
        """Return a form as the JSON that the brackets in its names describe; all values are text.

        It is checked as JSON is.
        """
        value = forms.nested(self._fields())
        try:
            _check(value, depth=1, surrogates=False, longest=STRING_LIMIT)
        except ValueError as error:
            raise Malformed(f"The form cannot be read: {error}") from None
        return value

    @property
    def _kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def _fields(self) -> forms.Fields:
        self.check_size()
        try:
            if self._kind == "multipart/form-data":
                return forms.multipart(self.headers["content-type"], self.body)
            return forms.urlencoded(self.body.decode())
        except UnicodeError:
            raise Malformed("The body is not Unicode text") from None

    def check_size(self, most: int = BODY_LIMIT) -> None:
        """Raise TooLarge for a body of more than so many bytes."""
        if len(self.body) > most:
            raise TooLarge(f"The request is larger than {most} bytes")


def from_event(event: Mapping[str, Any]) -> Request:
    http = event["requestContext"]["http"]
    body = event.get("body") or ""
    return Request(
        method=http["method"],
        path=unquote(event["rawPath"]),
        path_parameters=event.get("pathParameters") or {},
        query=_query(event.get("rawQueryString") or ""),
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(),
        id=event["requestContext"]["requestId"],
        address=http.get("sourceIp", ""),
        route=_route(http["method"], event.get("routeKey", "")),
    )


def _route(method: str, key: str) -> str:
    """Make the route from API Gateway's key: `ANY /path/{parameter}`, or `$default`."""
    return f"{method if method in _METHODS else 'OTHER'} {key.rpartition(' ')[2]}"


def _query(text: str) -> Mapping[str, str]:
    """Parse a query, of which API Gateway lets through 10 KB; a list is joined by commas."""
    return forms.flat(parse_qsl(text, keep_blank_values=True))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(f"{text[:20]} is out of range")
    return number


def _check(value: Any, *, depth: int, surrogates: bool, longest: int) -> None:
    """Raise ValueError for text that could not be stored. Plain recursion: this path is hot."""
    kind = type(value)
    if kind is str:
        if len(value) > longest:
            raise ValueError(f"a string is longer than {longest} characters")
        if surrogates:
            value.encode()
    elif kind is dict:
        _check_depth(depth)
        for name, item in value.items():
            _check(name, depth=depth + 1, surrogates=surrogates, longest=longest)
            _check(item, depth=depth + 1, surrogates=surrogates, longest=longest)
    elif kind is list:
        _check_depth(depth)
        for item in value:
            _check(item, depth=depth + 1, surrogates=surrogates, longest=longest)
    elif kind is int and not -_LARGEST <= value <= _LARGEST:
        raise ValueError("a number is out of range")


def _check_depth(depth: int) -> None:
    if depth > DEPTH_LIMIT:
        raise ValueError(f"it is nested deeper than {DEPTH_LIMIT}")
