"""SES and SNS out, with this installation's own role: one call, its refusal an answer like any."""

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

from carillon.adapters.guard import Unreachable
from carillon.domain.transport import Response, SesRequest, SnsRequest

if TYPE_CHECKING:
    from carillon.adapters.clients import Clients


def send(request: SesRequest | SnsRequest, clients: "Clients") -> Response:
    """Raise Unreachable when nothing was sent, TimeoutError when no answer came."""
    call: Callable[..., Any]
    match request:
        case SesRequest():
            call = clients.sesv2.send_email
        case SnsRequest():
            call = clients.sns.publish
    try:
        answer = call(**request.arguments)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        reason = error.response["Error"]
        refusal = {"code": reason.get("Code", ""), "message": reason.get("Message", "")}
        return Response(status=status, body=json.dumps(refusal).encode())
    except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as error:
        raise Unreachable("connect_failed") from error
    except BotoCoreError as error:
        raise TimeoutError from error
    return Response(status=200, body=json.dumps({"MessageId": answer["MessageId"]}).encode())
