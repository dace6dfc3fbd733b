"""Pusher Beams: a push to all devices of one user.

https://pusher.com/docs/beams/reference/publish-api/
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import payloads, responses
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict

_LARGEST = 10_000  # bytes
_OVERRIDABLE = frozenset({"apns", "fcm", "web"})
# Part of the host name, hence the strict pattern.
_INSTANCE = r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$"


class Settings(Strict):
    instance_id: Annotated[str, Field(pattern=_INSTANCE)]
    secret_key: Annotated[Secret, Field(pattern=r"^[\x21-\x7e]+$")]


class Address(Strict):
    """`device_token` is a user id. Pusher accepts any, and never reports an unknown one."""

    device_token: Annotated[str, Field(min_length=1, max_length=164)]


def build(message: Message, address: Address, settings: Settings) -> HttpRequest:
    user = address.device_token
    words = {"title": message.subject, "body": message.text}
    words = {name: text for name, text in words.items() if text}
    if not words:
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    data = {"data": dict(message.data)} if message.data else {}
    content = {
        "apns": {"aps": {"alert": words}, **data},
        "fcm": {"notification": words, **data},
        "web": {"notification": words, **data},
        **payloads.overrides(message, _OVERRIDABLE),
    }
    payloads.check_size(content, _LARGEST)
    id = settings.instance_id
    return payloads.post(
        f"https://{id}.pushnotifications.pusher.com/publish_api/v1/instances/{id}/publishes/users",
        {**content, "users": [user]},
        {"authorization": f"Bearer {settings.secret_key}"},
    )


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    if responses.ok(status):
        id = responses.json_object(body).get("publishId")
        if isinstance(id, str) and id:
            return responses.result(Outcome.SENT, status, headers, message_id=id)
        return responses.unreadable(status, headers)
    return responses.by_status(status, headers)


PROVIDER = Provider(
    id="pusher-beams",
    channel=Channel.PUSH,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    visible=frozenset({"instance_id"}),
)
