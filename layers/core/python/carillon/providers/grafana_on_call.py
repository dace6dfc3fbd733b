"""Grafana OnCall: an integration's formatted webhook, which turns messages into alerts.

https://grafana.com/docs/oncall/latest/configure/integrations/references/formatted-webhook/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Problem
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import answers, incoming, posting
from carillon.providers.settings import prepared, problems

channel = Channel.CHAT
visible: frozenset[str] = frozenset()
subscriber_field: str | None = None

_LONGEST = 10_000
_PAUSE = 60.0  # seconds: its limits are by the minute, and it tells no wait
_OVERRIDABLE = frozenset({"alert_uid", "image_url", "link_to_upstream_details", "state"})


def check(settings: Mapping[str, Any]) -> Sequence[Problem]:
    return problems(incoming.Settings, settings)


def prepare(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return prepared(incoming.Settings, settings)


def build(message: Message, address: Mapping[str, str], settings: Mapping[str, Any]) -> HttpRequest:
    text = posting.titled(message, "")
    content = {
        "alert_uid": message.id,  # what comes twice is one alert
        "title": message.subject or message.event,
        "message": posting.cut(posting.calling_nobody(message.text) or text, _LONGEST),
        "state": "alerting",
        **posting.overrides(message, _OVERRIDABLE),
    }
    return posting.post(incoming.place(address, incoming.settings(settings)).webhook_url, content)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    if answers.ok(status):
        if body.strip().strip(b'"').rstrip(b".").lower() == b"ok":
            return answers.result(Outcome.SENT, status, headers)
        return answers.unreadable(status, headers)
    if status == 403:  # noqa: PLR2004 - what it says for a token that it does not know
        return answers.result(Outcome.DEAD, status, headers)
    found = answers.by_status(status, headers, gone=Outcome.DEAD)
    return answers.later(found, _PAUSE if status == 429 else None)  # noqa: PLR2004 - a status
