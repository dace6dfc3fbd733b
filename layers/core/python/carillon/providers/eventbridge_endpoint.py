"""The default event bus of a tenant's AWS account, as the endpoint of a subscription.

The bus needs a resource policy that allows this installation's account `events:PutEvents`.
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html and
https://developer.sailpoint.com/docs/extensibility/event-triggers/subscription-types/eventbridge
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Result
from carillon.domain.delivery.transport import EventBridgeRequest
from carillon.providers import callbacks, payloads, responses, verdicts
from carillon.providers.provider import Provider
from carillon.providers.settings import NoAddress, Strict

_MOST_BYTES = 256 * 1024  # of one entry

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
_VERDICTS = verdicts.table(
    (
        verdicts.RETRY,
        "InternalException InternalFailure RequestExpired ServiceUnavailable Throttling",
        "ThrottlingException",
    ),
    (verdicts.RETRY, "ExpiredToken ExpiredTokenException"),  # renewed by the next call
    (
        verdicts.CREDENTIAL,
        "AccessDenied AccessDeniedException IncompleteSignature InvalidAccountIdException",
        "InvalidClientTokenId InvalidSignatureException MissingAuthenticationToken",
        "NotAuthorizedForDetailTypeException NotAuthorizedForSourceException OptInRequired",
        "ResourceNotFoundException SignatureDoesNotMatch UnrecognizedClientException",
    ),
    (verdicts.BAD, "InvalidArgument MalformedDetail ValidationError ValidationException"),
)


class Settings(Strict):
    account: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(?:-[a-z]{2,10}){1,3}-[0-9]$")]
    key: callbacks.Key
    callback: callbacks.Callback


def build(
    message: Message,
    _address: NoAddress,
    settings: Settings,
) -> EventBridgeRequest:
    told = {
        **message.data,
        "_metadata": callbacks.metadata(message, settings.key, settings.callback),
    }
    region, account = settings.region, settings.account
    partition = "aws-cn" if region.startswith("cn-") else "aws"
    entry = {
        # The bus trusts this installation, so this alone tells it which tenant speaks.
        "Source": f"carillon/{message.tenant}",
        "DetailType": message.event,
        "Detail": payloads.encoded(told, _MOST_BYTES - 1024).decode(),
        "EventBusName": f"arn:{partition}:events:{region}:{account}:event-bus/default",
    }
    return EventBridgeRequest(region=region, entry=entry)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    return responses.by_aws(status, headers, response, id="EventId", meanings=_VERDICTS)


PROVIDER = Provider(
    id="eventbridge-endpoint",
    channel=Channel.WEBHOOK,
    settings=Settings,
    address=NoAddress,
    builder=build,
    classify=classify,
    drops_repeats=True,
    visible=frozenset({"account", "region", "callback"}),
    complete=callbacks.with_key,
)
