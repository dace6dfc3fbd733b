"""Firebase Cloud Messaging (FCM), HTTP v1, with access tokens of a service account.

https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
https://developers.google.com/identity/protocols/oauth2/service-account#httprest
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import BearerRequest, HttpRequest
from carillon.providers import fcm_overrides, keys, payloads, responses, verdicts
from carillon.providers.provider import Provider
from carillon.providers.settings import Strict

# Never the `token_uri` of the tenant's file: that would send a signed assertion to any host.
_TOKENS = "https://oauth2.googleapis.com/token"
_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_ASSERTION_LIFE = 3600
_ASSERTION_STEP = 1800  # all requests of half an hour share one assertion and one token
_LARGEST = 4096  # bytes of the message without its token
_PAUSE = 60.0  # seconds after an exceeded quota without Retry-After

_RESERVED = ("google", "gcm")

# https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
_VERDICTS = verdicts.table(
    (verdicts.DEAD, "UNREGISTERED"),
    # The device token belongs to another project, or the settings do.
    (verdicts.MEND, "SENDER_ID_MISMATCH"),
    (verdicts.BAD, "INVALID_ARGUMENT"),
    (verdicts.MEND, "THIRD_PARTY_AUTH_ERROR"),  # the project's key for APNs, or for web push
    (verdicts.later(_PAUSE), "QUOTA_EXCEEDED"),
    (verdicts.RETRY, "UNAVAILABLE INTERNAL"),
)


class ServiceAccount(BaseModel):
    """The fields of Google's service account file that we use; the others are dropped."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    project_id: Annotated[str, Field(pattern=r"^[a-z0-9:.-]{1,100}$")]
    client_email: Annotated[str, Field(min_length=3, max_length=320)]
    private_key_id: Annotated[str, Field(max_length=200)] = ""
    private_key: keys.PrivateKey


def _service_account(text: str) -> str:
    """Reduce the file to the fields of ServiceAccount."""
    try:
        return ServiceAccount.model_validate_json(text).model_dump_json()
    except ValueError as error:
        raise ValueError(
            "must be the JSON of a service account, with project_id, client_email and private_key"
        ) from error


class Settings(Strict):
    service_account: Annotated[str, Field(max_length=16_384), AfterValidator(_service_account)]


class Address(Strict):
    device_token: Annotated[str, Field(min_length=1, max_length=4096)]


def _as_text(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Accept the service account as text or as a JSON object."""
    account = settings.get("service_account")
    if not isinstance(account, Mapping):
        return settings
    return {**settings, "service_account": json.dumps(account)}


def build(message: Message, address: Address, settings: Settings) -> BearerRequest:
    account = ServiceAccount.model_validate_json(settings.service_account)
    token = address.device_token
    step = int(message.attempted_at.timestamp()) // _ASSERTION_STEP * _ASSERTION_STEP
    project = quote(account.project_id, safe="")
    request = HttpRequest(
        method="POST",
        url=f"https://fcm.googleapis.com/v1/projects/{project}/messages:send",
        headers={"content-type": "application/json; charset=utf-8"},
        body=_body(_content(message), token),
    )
    return BearerRequest(request=request, grant=_grant(settings.service_account, step))


@lru_cache(maxsize=500)
def _grant(account: str, made_at: int) -> HttpRequest:
    """Build the request for an access token; equal requests share one token, so cache it."""
    known = ServiceAccount.model_validate_json(account)
    claims = {
        "iss": known.client_email,
        "scope": _SCOPE,
        "aud": _TOKENS,
        "iat": made_at,
        "exp": made_at + _ASSERTION_LIFE,
    }
    header = {"kid": known.private_key_id} if known.private_key_id else {}
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": keys.signed(known.private_key, "RS256", claims, header),
    }
    return HttpRequest(
        method="POST",
        url=_TOKENS,
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
    )


def _content(message: Message) -> Mapping[str, Any]:
    """Build the message without its token."""
    words = {"title": message.subject, "body": message.text}
    words = {name: text for name, text in words.items() if text}
    data = {name: value for name, value in message.data.items() if _allowed(name)}
    content = fcm_overrides.content(message.overrides, words, data)
    if "data" in content:
        content["data"] = {name: _text(value) for name, value in content["data"].items()}
    if not words and not message.overrides:
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    return content


def _allowed(name: str) -> bool:
    return name not in {"from", "message_type"} and not name.startswith(_RESERVED)


def _text(value: Any) -> str:
    """Convert to a string: FCM takes no other values in `data`."""
    return value if isinstance(value, str) else payloads.encoded(value).decode()


def _body(content: Mapping[str, Any], token: str) -> bytes:
    payloads.encoded(content, _LARGEST)  # the token does not count
    return payloads.encoded({"message": {**content, "token": token}})


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    if responses.ok(status):
        name = response.get("name")
        if isinstance(name, str) and name:
            return responses.result(Outcome.SENT, status, headers, message_id=name)
        return responses.unreadable(status, headers)
    error = response.get("error")
    error = error if isinstance(error, Mapping) else {}
    details = error.get("details")
    details = [d for d in details if isinstance(d, Mapping)] if isinstance(details, list) else []
    code = next((d["errorCode"] for d in details if _is_known(d.get("errorCode"))), "")
    if not code:
        return responses.by_status(status, headers)
    verdict = _VERDICTS[code]
    if code == "INVALID_ARGUMENT" and _about_the_token(error, details):
        verdict = verdicts.DEAD
    return responses.result(verdict, status, headers, code=code)


def _is_known(code: object) -> bool:
    return isinstance(code, str) and code in _VERDICTS


def _about_the_token(error: Mapping[str, Any], details: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an invalid argument is the device token rather than the message."""
    violations = [v for d in details for v in _list(d.get("fieldViolations"))]
    if any(isinstance(v, Mapping) and v.get("field") == "message.token" for v in violations):
        return True
    return "registration token is not a valid" in str(error.get("message", ""))


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


PROVIDER = Provider(
    id="fcm",
    channel=Channel.PUSH,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    complete=_as_text,
    overrides=fcm_overrides.FcmOverrides,
)
