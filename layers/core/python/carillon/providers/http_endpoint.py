"""A subscription's HTTP endpoint: the event as it is, and the callback URL for a reply.

https://developer.sailpoint.com/docs/extensibility/event-triggers/triggers/ and
https://developer.sailpoint.com/docs/extensibility/event-triggers/responding-rr-trigger
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

import carillon
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.domain.subscriptions.subscriptions import AnswerMode
from carillon.providers import callbacks, payloads, responses
from carillon.providers.provider import Provider
from carillon.providers.settings import NoAddress, Strict, Url

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_TOKEN = re.compile(r"[\x21-\x7e]+\Z")


def _printable(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError("must not contain control characters")
    return text


def _user_name(text: str) -> str:
    if ":" in _printable(text):
        raise ValueError("must not contain a colon")
    return text


def _token(text: str) -> str:
    if not _TOKEN.match(text):
        raise ValueError("must be printable ASCII without spaces")
    return text


class Settings(Strict):
    """`callback` is the base URL for replies; their secrets are derived from `key`."""

    endpoint: Url
    user_name: Annotated[str, Field(max_length=256), AfterValidator(_user_name)] | None = None
    password: Annotated[str, Field(max_length=1024), AfterValidator(_printable)] | None = None
    bearer_token: (
        Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_token)] | None
    ) = None
    key: callbacks.Key
    callback: callbacks.Callback

    @model_validator(mode="after")
    def has_one_credential(self) -> Self:
        if (self.user_name is None) != (self.password is None):
            raise ValueError("must have a user name and a password, or neither")
        if self.user_name is not None and self.bearer_token is not None:
            raise ValueError("must not have both a user name and a bearer token")
        return self


def build(
    message: Message,
    _address: NoAddress,
    settings: Settings,
) -> HttpRequest:
    """Build the request; an endpoint that replies in its response gets no callback URL."""
    body = dict(message.data)
    if message.answer_mode is not AnswerMode.SYNC:
        body["_metadata"] = callbacks.metadata(message, settings.key, settings.callback)
    headers = {
        "accept": "application/json",
        "content-type": "application/json",
        "user-agent": f"Carillon/{carillon.__version__}",
        **_authorization(settings),
    }
    return HttpRequest(
        method="POST", url=settings.endpoint, headers=headers, body=payloads.encoded(body)
    )


def _authorization(settings: Settings) -> Mapping[str, str]:
    if settings.bearer_token is not None:
        return {"authorization": f"Bearer {settings.bearer_token}"}
    if settings.user_name is not None:
        pair = f"{settings.user_name}:{settings.password}".encode()
        return {"authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    """Classify as for any endpoint, and keep a JSON object of a success as the reply."""
    found = responses.by_endpoint(status, headers)
    return (
        replace(found, answer=responses.json_object(body) or None)
        if responses.ok(status)
        else found
    )


PROVIDER = Provider(
    id="http-endpoint",
    channel=Channel.WEBHOOK,
    settings=Settings,
    address=NoAddress,
    builder=build,
    classify=classify,
    drops_repeats=True,
    visible=frozenset({"endpoint", "user_name", "callback"}),
    credentials={"endpoint": frozenset({"password", "bearer_token"})},
    complete=callbacks.with_key,
)
