"""What the resources of Novu's API share. Unknown fields are ignored, null means absent."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

type ProviderId = Literal[
    "slack",
    "discord",
    "msteams",
    "mattermost",
    "ryver",
    "zulip",
    "grafana-on-call",
    "getstream",
    "rocket-chat",
    "whatsapp-business",
    "fcm",
    "apns",
    "expo",
    "one-signal",
    "pushpad",
    "push-webhook",
    "pusher-beams",
    "apprise",  # ours, beside Novu's own
]
# What Novu calls the providers that it does not have under our names; its clients refuse others.
SHOWN_AS = {"in-app": "novu", "smtp": "nodemailer", "apprise": "chat-webhook"}
# No control characters: ids become keys and header values.
_PLAIN = r"^[^\x00-\x1f\x7f]*$"
type Id = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=_PLAIN)
]
type Text = Annotated[str, StringConstraints(max_length=2048)]


class Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class ChannelCredentials(Wire):
    webhook_url: Text | None = None
    channel: Text | None = None
    device_tokens: list[Annotated[str, StringConstraints(min_length=1, max_length=4096)]] | None = (
        Field(None, max_length=100)
    )


class SubscriberChannel(Wire):
    provider_id: ProviderId
    integration_identifier: Text | None = None
    credentials: ChannelCredentials = Field(default_factory=ChannelCredentials)


class Listed[T](Wire):
    """A page of a list: what it tells of itself stands beside its `data`."""

    data: list[T]
