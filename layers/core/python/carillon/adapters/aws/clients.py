"""The AWS clients: made when first used, shared by a process, with one meaning for "not now"."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

from carillon.domain.base.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

_ATTEMPTS = 3
_SERVER_ERROR = 500
_NOT_NOW = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


class Clients:
    """Low-level clients of botocore: boto3 would add its resources, which nobody here uses.

    `options` go to every client; what they leave out comes from the environment.
    """

    def __init__(self, **options: Any) -> None:
        self.options = options
        self._lock = RLock()  # a session makes one client at a time
        self._events: dict[str, EventBridgeClient] = {}

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return cast("DynamoDBClient", self._make("dynamodb"))

    @cached_property
    def sqs(self) -> "SQSClient":
        """Two attempts: with their timeouts they end before an API function's 15 s do."""
        return cast("SQSClient", self._make("sqs", attempts=2))

    @cached_property
    def secretsmanager(self) -> "SecretsManagerClient":
        return cast("SecretsManagerClient", self._make("secretsmanager"))

    @cached_property
    def sesv2(self) -> "SESV2Client":
        """Without retries: a mail whose answer was lost must not be sent again unseen."""
        return cast("SESV2Client", self._make("sesv2", attempts=1))

    def events(self, region: str) -> "EventBridgeClient":
        """Of any region: tenants name their own. Without retries, as `sesv2`."""
        if region not in self._events:
            made = self._make("events", attempts=1, region_name=region)
            self._events[region] = cast("EventBridgeClient", made)
        return self._events[region]

    @cached_property
    def sns(self) -> "SNSClient":
        """Without retries, for the same reason."""
        return cast("SNSClient", self._make("sns", attempts=1))

    @cached_property
    def _session(self) -> Any:
        from botocore.session import get_session  # noqa: PLC0415  # half of a cold start

        return get_session()

    def _make(self, service: str, attempts: int = _ATTEMPTS, **options: Any) -> Any:
        from botocore.config import Config  # noqa: PLC0415  # half of a cold start

        config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=2,
            read_timeout=5,
            parameter_validation=False,
            max_pool_connections=20,
        )
        with self._lock:
            return self._session.create_client(service, config=config, **(self.options | options))


@contextmanager
def available(service: str) -> Iterator[None]:
    """Turn an answer of "not now", or none, into Unavailable; any other error passes."""
    try:
        yield
    except failures() as error:
        if not _is_temporary(error):
            raise
        raise Unavailable(f"{service} is not available") from error


def failures() -> tuple[type[Exception], ...]:
    """What a client raises. Evaluated only when something was raised: botocore is there then."""
    from botocore.exceptions import (  # noqa: PLC0415  # half of a cold start
        ClientError,
        ConnectionError,  # noqa: A004  # botocore's own
        HTTPClientError,
    )

    return ClientError, ConnectionError, HTTPClientError


def code(error: Exception) -> str:
    """AWS's word for the error, or the class of one that happened on the way."""
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", "")) or type(error).__name__


def _is_temporary(error: Exception) -> bool:
    response = getattr(error, "response", None)
    if response is None:
        return True
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= _SERVER_ERROR or code(error) in _NOT_NOW
