"""Apple Push Notification service (APNs), with provider tokens.

https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns
https://developer.apple.com/documentation/usernotifications/establishing-a-token-based-connection-to-apns
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import Http2Request, Renewal
from carillon.providers import apns_overrides, keys, payloads, responses, verdicts
from carillon.providers.provider import Provider
from carillon.providers.settings import Strict

_HOSTS = {True: "api.push.apple.com", False: "api.sandbox.push.apple.com"}
_LARGEST = 4096  # bytes of the payload
_LONGEST_ID = 64
# Apple accepts tokens up to an hour old, and at most one new token in 20 minutes. Rounding the
# issue time to the half hour makes all workers sign the same token.
_TOKEN_LIFE = 1800  # seconds
_TOKENS_PAUSE = 1200.0  # seconds
_MINUTE = 60
_REFUSED_TOKEN = (b"ExpiredProviderToken", b"InvalidProviderToken")
_DEVICE_PAUSE = 60.0  # seconds


# https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns
_VERDICTS = verdicts.table(
    (verdicts.DEAD, "ExpiredToken Unregistered"),
    # The token of another environment or another app: often the settings are wrong, not the token.
    (verdicts.MEND, "BadDeviceToken DeviceTokenNotForTopic"),
    (
        verdicts.CREDENTIAL,
        "BadCertificate BadCertificateEnvironment BadEnvironmentKeyIdInToken",
        "BadEnvironmentKeyInToken BadTopic Forbidden InvalidProviderToken InvalidPushType",
        "MissingProviderToken MissingTopic TopicDisallowed UnrelatedKeyIdInToken",
    ),
    (
        verdicts.BAD,
        "BadCollapseId BadExpirationDate BadMessageId BadPath BadPriority DuplicateHeaders",
        "MethodNotAllowed MissingDeviceToken PayloadEmpty PayloadTooLarge",
    ),
    # Tokens are renewed by our clock, so an expired one means that a clock is wrong.
    (
        verdicts.RETRY,
        "ExpiredProviderToken IdleTimeout InternalServerError ServiceUnavailable Shutdown",
    ),
    (verdicts.later(_TOKENS_PAUSE), "TooManyProviderTokenUpdates"),
    (verdicts.later(_DEVICE_PAUSE, verdicts.BUSY), "TooManyRequests"),
)

type Id = Annotated[str, Field(pattern=r"^[A-Z0-9]{10}$")]


class Settings(Strict):
    """`key` is the text of the .p8 file; `production: false` uses the sandbox."""

    key: keys.PrivateKey
    key_id: Id
    team_id: Id
    bundle_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,200}$")]
    production: bool = True


class Address(Strict):
    device_token: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64,200}$")]


def build(message: Message, address: Address, settings: Settings) -> Http2Request:
    token = address.device_token
    jwt, renewal = _authorization(settings, int(message.attempted_at.timestamp()))
    return Http2Request(
        method="POST",
        url=f"https://{_HOSTS[settings.production]}/3/device/{token}",
        headers={
            "authorization": f"bearer {jwt}",
            "apns-collapse-id": message.id[:_LONGEST_ID],  # a retry replaces the first push
            "apns-id": str(uuid.uuid5(uuid.NAMESPACE_URL, message.id)),
            "apns-topic": settings.bundle_id,
            "content-type": "application/json",
            **apns_overrides.headers(message.overrides),
        },
        body=_payload(message),
        # APNs binds a connection to the first key used on it.
        pool=f"{settings.team_id}/{settings.key_id}",
        renewal=renewal,
    )


def _authorization(settings: Settings, now: int) -> tuple[str, Renewal | None]:
    """Return the token of all workers, and a younger one for Apple's refusal of it."""

    def token(step: int) -> str:
        made_at = now // step * step
        return _provider_token(settings.key, settings.key_id, settings.team_id, made_at)

    shared, renewed = token(_TOKEN_LIFE), token(_MINUTE)
    if shared == renewed:
        return shared, None
    headers = {"authorization": f"bearer {renewed}"}
    return shared, Renewal(status=403, words=_REFUSED_TOKEN, headers=headers)


@lru_cache(maxsize=500)
def _provider_token(key: str, key_id: str, team_id: str, made_at: int) -> str:
    claims = {"iss": team_id, "iat": made_at}
    return keys.signed(key, "ES256", claims, {"kid": key_id, "typ": None})


def _payload(message: Message) -> bytes:
    alert = {"title": message.subject, "body": message.text}
    shown = {name: text for name, text in alert.items() if text}
    payload = apns_overrides.payload(message.overrides, shown, message.data)
    if not payload.get("aps"):
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    return payloads.encoded(payload, _LARGEST)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    if status == 200:
        return responses.result(
            Outcome.SENT, status, headers, message_id=headers.get("apns-id", "")
        )
    if responses.ok(status):
        return responses.unreadable(status, headers)
    response = responses.json_object(body)
    reason = response.get("reason")
    if isinstance(reason, str) and reason in _VERDICTS:
        found = responses.result(_VERDICTS[reason], status, headers, code=reason)
        return replace(found, gone_since=_told(response.get("timestamp")))
    if status == 410:
        return responses.result(Outcome.DEAD, status, headers)
    if status == 404:  # of our path, not of the device
        return responses.result(Outcome.BAD, status, headers)
    return responses.by_status(status, headers)


def _told(milliseconds: object) -> datetime | None:
    """Return when Apple found the token invalid: one that was registered later is not meant."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


PROVIDER = Provider(
    id="apns",
    channel=Channel.PUSH,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    drops_repeats=True,
    visible=frozenset({"bundle_id", "key_id", "production", "team_id"}),
    overrides=apns_overrides.ApnsOverrides,
)
