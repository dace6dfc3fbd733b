"""The providers we have, each a module that is imported when it is first needed."""

from collections.abc import Sequence
from importlib import import_module
from typing import cast

from carillon.domain.base.errors import NotFound
from carillon.ports.integrations import Provider

_MODULES = {
    "apns": "carillon.providers.apns",
    "apprise": "carillon.providers.apprise",
    "discord": "carillon.providers.discord",
    "eventbridge-endpoint": "carillon.providers.eventbridge_endpoint",
    "expo": "carillon.providers.expo",
    "fcm": "carillon.providers.fcm",
    "getstream": "carillon.providers.getstream",
    "grafana-on-call": "carillon.providers.grafana_on_call",
    "http-endpoint": "carillon.providers.http_endpoint",
    "mattermost": "carillon.providers.mattermost",
    "msteams": "carillon.providers.msteams",
    "one-signal": "carillon.providers.one_signal",
    "push-webhook": "carillon.providers.push_webhook",
    "pushpad": "carillon.providers.pushpad",
    "pusher-beams": "carillon.providers.pusher_beams",
    "rocket-chat": "carillon.providers.rocket_chat",
    "ryver": "carillon.providers.ryver",
    "ses": "carillon.providers.ses",
    "slack": "carillon.providers.slack",
    "smtp": "carillon.providers.smtp",
    "sns": "carillon.providers.sns",
    "twilio": "carillon.providers.twilio",
    "webhook": "carillon.providers.webhook",
    "whatsapp-business": "carillon.providers.whatsapp_business",
    "zulip": "carillon.providers.zulip",
}


class Providers:
    """A provider *is* its module: `channel`, `visible` and four functions, no class around them."""

    def ids(self) -> Sequence[str]:
        return tuple(_MODULES)

    def get(self, id: str) -> Provider:
        if id not in _MODULES:
            raise NotFound("provider", id)
        return cast("Provider", import_module(_MODULES[id]))
