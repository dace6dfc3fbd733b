"""Grafana OnCall, by formatted webhook: each message becomes an alert.

https://grafana.com/docs/oncall/latest/configure/integrations/references/formatted-webhook/
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.markups import PLAIN, Markup, Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import incoming_webhooks, markup, payloads, responses
from carillon.providers.markups import cutting
from carillon.providers.markups.lookalikes import FORWARDED
from carillon.providers.overriding import Overrides
from carillon.providers.provider import Provider

_LONGEST = 10_000
_PAUSE = 60.0  # seconds: the limits are per minute, and there is no Retry-After


class AlertOverrides(Overrides):
    """The fields of an alert; `external_link` is Novu's name for the link."""

    synonyms: ClassVar[Mapping[str, str]] = {"external_link": "link_to_upstream_details"}

    title: str | None = None
    message: str | None = None
    alert_uid: str | None = None
    image_url: str | None = None
    link_to_upstream_details: str | None = None
    state: Literal["alerting", "ok"] | None = None


def build(
    message: Message, address: incoming_webhooks.Address, _settings: incoming_webhooks.Settings
) -> HttpRequest:
    text = markup.titled(message, "")
    content = {
        "alert_uid": message.id,  # a retry is the same alert
        "title": message.title or message.subject or message.event,
        "message": cutting.cut(message.text or text, _LONGEST),
        "state": "alerting",
        **payloads.overrides(message),
    }
    return payloads.post(address.webhook_url, content)


def _of_field(name: str, _owner: Mapping[str, Any]) -> Markup:
    return FORWARDED if name in {"title", "message"} else PLAIN


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    if responses.ok(status):
        if body.strip().strip(b'"').rstrip(b".").lower() == b"ok":
            return responses.result(Outcome.SENT, status, headers)
        return responses.unreadable(status, headers)
    # A 403 says that the token is unknown, or that the integration may not be used now.
    found = responses.by_address(status, headers)
    return responses.with_wait(found, _PAUSE if status == 429 else None)


PROVIDER = Provider(
    id="grafana-on-call",
    channel=Channel.CHAT,
    settings=incoming_webhooks.Settings,
    address=incoming_webhooks.Address,
    builder=build,
    classify=classify,
    drops_repeats=True,
    overrides=AlertOverrides,
    markups=Markups(text=FORWARDED, of_field=_of_field),
    default_address=incoming_webhooks.default_address,
)
