"""A subscription's own event bus: the default bus of a tenant's AWS account, by PutEvents.

The bus's resource policy must let this installation's account put events.
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html and
https://developer.sailpoint.com/docs/extensibility/event-triggers/subscription-types/eventbridge
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Problem
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import EventBridgeRequest
from carillon.providers import answers, listening, posting
from carillon.providers.settings import Strict, parsed, prepared, problems

channel = Channel.WEBHOOK
visible = frozenset({"account", "region", "source", "callback"})
subscriber_field: str | None = None

_MOST_BYTES = 256 * 1024  # of an entry

_OUTCOMES = {
    "ThrottlingException": Outcome.RETRY,
    "InternalException": Outcome.RETRY,
    "InternalFailure": Outcome.RETRY,
    "ServiceUnavailable": Outcome.RETRY,
    "ExpiredTokenException": Outcome.RETRY,  # the role's own, renewed by the next call
    "AccessDeniedException": Outcome.CONFIG,
    "NotAuthorizedForDetailTypeException": Outcome.CONFIG,
    "NotAuthorizedForSourceException": Outcome.CONFIG,
    "InvalidAccountIdException": Outcome.CONFIG,
    "ResourceNotFoundException": Outcome.CONFIG,
    "UnrecognizedClientException": Outcome.CONFIG,
    "InvalidArgument": Outcome.BAD,
    "MalformedDetail": Outcome.BAD,
    "ValidationException": Outcome.BAD,
}


class Settings(Strict):
    """`source` is what a rule of the bus tells these events by."""

    account: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(?:-[a-z]{2,10}){1,3}-[0-9]$")]
    source: Annotated[str, Field(pattern=r"^carillon/[A-Za-z0-9._/-]{1,200}$")] = "carillon/events"
    key: listening.Key
    callback: listening.Callback


def check(settings: Mapping[str, Any]) -> Sequence[Problem]:
    return problems(Settings, listening.with_key(settings))


def prepare(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return prepared(Settings, listening.with_key(settings))


def build(
    message: Message,
    address: Mapping[str, str],  # noqa: ARG001 - the target is in the settings
    settings: Mapping[str, Any],
) -> EventBridgeRequest:
    own = parsed(Settings, settings, "settings")
    told = {**message.data, "_metadata": listening.metadata(message, own.key, own.callback)}
    partition = "aws-cn" if own.region.startswith("cn-") else "aws"
    entry = {
        "Source": own.source,
        "DetailType": message.event,
        "Detail": posting.encoded(told, _MOST_BYTES - 1024).decode(),
        "EventBusName": f"arn:{partition}:events:{own.region}:{own.account}:event-bus/default",
    }
    return EventBridgeRequest(region=own.region, entry=entry)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    answer = answers.json_object(body)
    return answers.by_aws(status, headers, answer, id="EventId", outcomes=_OUTCOMES)
