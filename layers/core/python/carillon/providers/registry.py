"""The providers by id, each imported when it is first needed."""

from collections.abc import Sequence
from importlib import import_module

from carillon.domain.base.errors import NotFound
from carillon.domain.base.terms import Noun
from carillon.ports import integrations

_IDS = (
    "apns",
    "apprise",
    "discord",
    "eventbridge-endpoint",
    "expo",
    "fcm",
    "getstream",
    "grafana-on-call",
    "http-endpoint",
    "mattermost",
    "msteams",
    "one-signal",
    "push-webhook",
    "pushpad",
    "pusher-beams",
    "rocket-chat",
    "ryver",
    "ses",
    "slack",
    "smtp",
    "sns",
    "twilio",
    "webhook",
    "whatsapp-business",
    "zulip",
)


class Providers:
    def ids(self) -> Sequence[str]:
        return _IDS

    def get(self, id: str) -> integrations.Provider:
        """Import a provider's module and return its value; raise NotFound for an unknown id."""
        from carillon.providers.provider import Provider  # noqa: PLC0415 - with the first provider

        if id not in _IDS:
            raise NotFound(Noun.PROVIDER, id)
        found = import_module(f"carillon.providers.{id.replace('-', '_')}").PROVIDER
        if not isinstance(found, Provider):
            raise TypeError(f"PROVIDER of {id} is not a Provider")
        return found
