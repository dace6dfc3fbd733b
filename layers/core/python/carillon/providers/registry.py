"""The providers we have, each a module that is imported when it is first needed."""

from collections.abc import Sequence
from importlib import import_module
from typing import cast

from carillon.domain.errors import NotFound
from carillon.ports import Provider

_MODULES = {
    "apns": "carillon.providers.apns",
    "apprise": "carillon.providers.apprise",
    "discord": "carillon.providers.discord",
    "fcm": "carillon.providers.fcm",
    "mattermost": "carillon.providers.mattermost",
    "msteams": "carillon.providers.msteams",
    "ses": "carillon.providers.ses",
    "slack": "carillon.providers.slack",
    "smtp": "carillon.providers.smtp",
    "webhook": "carillon.providers.webhook",
}


class Providers:
    """A provider *is* its module: `channel`, `visible` and four functions, no class around them."""

    def ids(self) -> Sequence[str]:
        return tuple(_MODULES)

    def get(self, id: str) -> Provider:
        if id not in _MODULES:
            raise NotFound("provider", id)
        return cast("Provider", import_module(_MODULES[id]))
