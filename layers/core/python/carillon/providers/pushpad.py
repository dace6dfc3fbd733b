"""Pushpad: a web push to one user of a project.

https://pushpad.xyz/docs/rest_api
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import markup, payloads, responses, verdicts
from carillon.providers.overriding import Items, PushOverrides
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict

_LARGEST = 3_500  # bytes: browsers' push services accept 4 KB after encryption


class Settings(Strict):
    auth_token: Annotated[Secret, Field(pattern=r"^[\x21-\x7e]+$")]
    project_id: Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]


class Address(Strict):
    """`device_token` is the user id (uid) that the site registered with Pushpad."""

    device_token: Annotated[str, Field(min_length=1, max_length=255)]


class PushpadOverrides(PushOverrides):
    """Pushpad's own fields of a push, but those that say where it goes and when."""

    title: str | None = None
    body: str | None = None
    actions: Items | None = None
    custom_data: str | None = None
    icon_url: str | None = None
    image_url: str | None = None
    require_interaction: bool | None = None
    silent: bool | None = None
    starred: bool | None = None
    target_url: str | None = None
    ttl: int | None = None
    urgent: bool | None = None


def build(message: Message, address: Address, settings: Settings) -> HttpRequest:
    uid = address.device_token
    content: dict[str, Any] = {"body": message.text or markup.titled(message, "")}
    if message.subject:
        content["title"] = message.subject
    if message.data:
        content["custom_data"] = payloads.unescaped(message.data)
    content |= payloads.overrides(message)
    payloads.check_size(content, _LARGEST)
    return payloads.post(
        f"https://pushpad.xyz/api/v1/projects/{settings.project_id}/notifications",
        {**content, "uids": [uid]},  # without uids it would go to all subscribers
        {"accept": "application/json", "authorization": f"Bearer {settings.auth_token}"},
    )


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    """Classify a response; a 201 that reaches nobody means that the user is not subscribed yet."""
    response = responses.json_object(body)
    if responses.ok(status):
        id = response.get("id")
        if not isinstance(id, int) or isinstance(id, bool):
            return responses.unreadable(status, headers)
        if response.get("scheduled") == 0 or response.get("uids") == []:
            return responses.result(verdicts.PERSON, status, headers, code="not_subscribed")
        return responses.result(Outcome.SENT, status, headers, message_id=str(id))
    return responses.by_status(status, headers)


PROVIDER = Provider(
    id="pushpad",
    channel=Channel.PUSH,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    overrides=PushpadOverrides,
    visible=frozenset({"project_id"}),
)
