"""Sends by SES, SNS and EventBridge with the function's role. A refusal is an answer too."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)

from carillon.adapters.egress.guard import Unreachable
from carillon.domain.delivery.transport import EventBridgeRequest, Response, SesRequest, SnsRequest

if TYPE_CHECKING:
    from carillon.adapters.aws.clients import Clients


_REFUSED = 400  # an entry is refused though the call succeeds


def send(request: SesRequest | SnsRequest | EventBridgeRequest, clients: "Clients") -> Response:
    """Make one call; raise Unreachable when nothing was sent, TimeoutError when no answer came."""
    call: Callable[..., Any]
    match request:
        case SesRequest():
            call = clients.sesv2.send_email
        case SnsRequest():
            call = clients.sns.publish
        case EventBridgeRequest():
            call = clients.events(request.region).put_events
    try:
        answer: Any = call(**request.arguments)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        reason = error.response["Error"]
        return _refusal(status, reason.get("Code", ""), reason.get("Message", ""))
    except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as error:
        raise Unreachable("connect_failed") from error
    except BotoCoreError as error:
        raise TimeoutError from error
    if isinstance(request, EventBridgeRequest):
        [entry] = answer["Entries"]
        if "ErrorCode" in entry:
            return _refusal(_REFUSED, entry["ErrorCode"], entry.get("ErrorMessage", ""))
        return Response(status=200, body=json.dumps({"EventId": entry.get("EventId")}).encode())
    return Response(status=200, body=json.dumps({"MessageId": answer["MessageId"]}).encode())


def _refusal(status: int, code: str, message: str) -> Response:
    return Response(status=status, body=json.dumps({"code": code, "message": message}).encode())
