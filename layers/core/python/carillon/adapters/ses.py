"""SES out: one SendEmail call, and its refusal as an answer like any other."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)

from carillon.adapters.guard import Unreachable
from carillon.domain.transport import Response, SesRequest

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


def send(request: SesRequest, client: "SESV2Client") -> Response:
    """Raise Unreachable when nothing was sent, TimeoutError when no answer came."""
    try:
        answer = client.send_email(**request.arguments)
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
