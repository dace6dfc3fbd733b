"""Translate Novu's providers and credentials to ours and back.

Source: https://docs.novu.co/platform/integrations and the packages @novu/providers, @novu/shared.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import formataddr, parseaddr
from typing import Any

from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem, Problem
from carillon.domain.base.terms import FieldName

_SIGNING = "whsec_"  # prefix of a signing secret
_TRUE = frozenset({True, "true", "True", "1"})


@dataclass(frozen=True, kw_only=True)
class Known:
    """Our provider for one of Novu's.

    `settings` maps Novu's credentials to ours; `unused` ones are accepted and dropped.
    """

    id: str
    settings: Mapping[str, str] = field(default_factory=dict)
    unused: frozenset[str] = frozenset()


_OAUTH = frozenset({"applicationId", "clientId", "secretKey", "redirectUrl", "hmac"})
# SES and SNS send with the installation's own rights: keys of an AWS account are not stored.
_AWS = frozenset({"apiKey", "secretKey", "region"})
_INCOMING = {"webhookUrl": "webhook_url"}

PROVIDERS: Mapping[str, Known] = {
    "apns": Known(
        id="apns",
        settings={
            "secretKey": "key",
            "apiKey": "key_id",
            "projectName": "team_id",
            "applicationId": "bundle_id",
            "secure": "production",
        },
    ),
    "apprise": Known(id="apprise", settings=_INCOMING),
    "discord": Known(id="discord", settings=_INCOMING),
    "expo": Known(id="expo", settings={"apiKey": "access_token"}),
    "fcm": Known(id="fcm", settings={"serviceAccount": "service_account"}),
    "getstream": Known(
        id="getstream",
        settings={"apiKey": "api_key", "secretKey": "api_secret", "user": "user_id"},
    ),
    "grafana-on-call": Known(
        id="grafana-on-call",
        settings=_INCOMING,
        unused=frozenset({"alertUid", "externalLink", "imageUrl", "state", "title"}),
    ),
    "mattermost": Known(id="mattermost", settings=_INCOMING),
    "msteams": Known(id="msteams", settings=_INCOMING, unused=_OAUTH | {"tenantId"}),
    "nodemailer": Known(
        id="smtp",
        settings={
            "host": "host",
            "port": "port",
            "user": "username",
            "password": "password",
            "secure": "security",
            "from": "from",
        },
        unused=frozenset({"domain", "ignoreTls", "requireTls", "senderName"}),
    ),
    "one-signal": Known(id="one-signal", settings={"applicationId": "app_id", "apiKey": "api_key"}),
    "push-webhook": Known(id="push-webhook", settings={"webhookUrl": "url", "secretKey": "secret"}),
    "pushpad": Known(
        id="pushpad", settings={"apiKey": "auth_token", "applicationId": "project_id"}
    ),
    "pusher-beams": Known(
        id="pusher-beams", settings={"instanceId": "instance_id", "secretKey": "secret_key"}
    ),
    "rocket-chat": Known(
        id="rocket-chat",
        settings={"baseUrl": "base_url", "token": "auth_token", "user": "user_id"},
    ),
    "ryver": Known(id="ryver", settings=_INCOMING),
    "ses": Known(id="ses", settings={"from": "from"}, unused=_AWS | {"senderName"}),
    "slack": Known(
        id="slack",
        settings={"token": "bot_token", "channelId": "channel", **_INCOMING},
        unused=_OAUTH,
    ),
    "sns": Known(id="sns", settings={"from": "sender"}, unused=_AWS),
    "twilio": Known(
        id="twilio",
        settings={"accountSid": "account_sid", "token": "auth_token", "from": "from"},
    ),
    "whatsapp-business": Known(
        id="whatsapp-business",
        settings={"apiToken": "access_token", "phoneNumberIdentification": "phone_number_id"},
    ),
    "zulip": Known(id="zulip", settings=_INCOMING),
}
_NOVUS = {known.id: name for name, known in PROVIDERS.items()}


def known(novus: str) -> Known:
    if novus not in PROVIDERS:
        names = ", ".join(sorted(PROVIDERS))
        raise Invalid(WireProblem("providerId", f"must be one of {names}", novus))
    return PROVIDERS[novus]


def novus(provider: str) -> str:
    """Return Novu's name for a provider of ours, or our own if Novu has none."""
    return _NOVUS.get(provider, provider)


def to_settings(provider: Known, credentials: Mapping[str, Any]) -> dict[str, Any]:
    """Translate credentials to settings; null and empty count as absent."""
    given = {name: value for name, value in credentials.items() if value not in (None, "")}
    strange = sorted(given.keys() - provider.settings.keys() - provider.unused)
    if strange:
        wanted = ", ".join(sorted(provider.settings)) or "none"
        reason = f"is not a credential of this provider, which has: {wanted}"
        raise Invalid(*(WireProblem(f"credentials.{name}", reason) for name in strange))
    if given.get("ignoreTls") in _TRUE:
        raise Invalid(
            WireProblem("credentials.ignoreTls", "must not be true: mail is sent over TLS")
        )
    settings = {ours: given[name] for name, ours in provider.settings.items() if name in given}
    return _fitted(provider, settings, given)


def _fitted(provider: Known, settings: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Convert values whose form differs between Novu and our provider."""
    if "senderName" in given and "from" in settings:
        settings["from"] = formataddr((str(given["senderName"]), str(settings["from"])))
    match provider.id:
        case "smtp":
            settings |= _smtp(settings, given)
        case "apns" if "production" in settings:
            settings["production"] = settings["production"] in _TRUE
        case "push-webhook":
            settings["novu_signature"] = True
            if "secret" in settings:
                settings["secret"] = _signing(str(settings["secret"]))
        case "sns" if "sender" in settings:
            sender = str(settings.pop("sender"))
            number = sender.lstrip("+").isdigit()
            settings["origination_number" if number else "sender_id"] = sender
    return settings


def _smtp(settings: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    fitted: dict[str, Any] = {}
    port = str(settings.get("port", ""))
    if port.isdecimal():
        fitted["port"] = int(port)
    if "secure" in given:
        fitted["security"] = "tls" if given["secure"] in _TRUE else "starttls"
    return fitted


def _signing(secret: str) -> str:
    """Turn any text into a signing secret with its bytes as the key, as at Novu."""
    if secret.startswith(_SIGNING) or set(secret) == {"*"}:
        return secret
    return _SIGNING + base64.b64encode(secret.encode()).decode()


def to_credentials(provider: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that may be shown, under Novu's names."""
    known = PROVIDERS.get(novus(provider))
    if known is None:
        return dict(shown)
    found = {name: shown[ours] for name, ours in known.settings.items() if ours in shown}
    match provider:
        case "smtp" | "ses" if "from" in found:
            name, address = parseaddr(found["from"])
            found |= {"from": address} | ({"senderName": name} if name else {})
        case "sns":
            sender = shown.get("origination_number") or shown.get("sender_id")
            found |= {"from": sender} if sender else {}
    if "secure" in found and provider == "smtp":
        found["secure"] = found["secure"] == "tls"
    if "port" in found:
        found["port"] = str(found["port"])
    return found


def all_settings(provider: Known) -> frozenset[str]:
    """Return all settings that credentials set, so that absent ones can be removed."""
    own = frozenset(provider.settings.values())
    return own | {"origination_number", "sender_id"} if provider.id == "sns" else own


def as_credentials(error: Invalid, provider: Known) -> Invalid:
    """Word problems with settings by Novu's names."""
    names = {ours: name for name, ours in provider.settings.items()}
    return Invalid(*(_as_credential(problem, names) for problem in error.problems))


def _as_credential(problem: Problem, names: Mapping[str, str]) -> Problem:
    match problem:
        case FieldProblem(field=FieldName.SETTINGS):
            name, dot, deeper = problem.within.partition(".")
            return replace(problem, within=names.get(name, name) + dot + deeper, value=None)
        case _:
            return problem
