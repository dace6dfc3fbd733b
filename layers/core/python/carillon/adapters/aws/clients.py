"""The AWS clients: boto3's, made on first use and shared by all threads of a process.

Retries and timeouts are set so that a call ends before its function does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

from carillon.domain.base.errors import Unavailable
from carillon.telemetry import log_context

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

_ATTEMPTS = 3
# Seconds to wait for an answer: three attempts end before an API function's 15 s do, so that it
# answers in its caller's words. Longer where a call without an answer must be taken for done.
_PATIENCE, _PATIENT = 3, 20
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
    """One client a service. `options` go to every client; the environment supplies the rest."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self._lock = RLock()  # boto3's clients are thread-safe, its sessions are not
        self._events: dict[str, EventBridgeClient] = {}

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return cast("DynamoDBClient", self._make("dynamodb"))

    @cached_property
    def sqs(self) -> "SQSClient":
        """Two attempts: an event is accepted by one call, whose caller waits."""
        return cast("SQSClient", self._make("sqs", attempts=2))

    @cached_property
    def s3(self) -> "S3Client":
        """Two attempts, as `sqs`: an event's attachments are stored before it is accepted."""
        return cast("S3Client", self._make("s3", attempts=2))

    @cached_property
    def secretsmanager(self) -> "SecretsManagerClient":
        return cast("SecretsManagerClient", self._make("secretsmanager"))

    @cached_property
    def sesv2(self) -> "SESV2Client":
        """Without retries: a mail whose answer was lost must not be sent again unseen."""
        return cast("SESV2Client", self._make("sesv2", attempts=1, patience=_PATIENT))

    @cached_property
    def identities(self) -> "SESV2Client":
        """SES, for the addresses that it knows: what sends nothing need not wait as long."""
        return cast("SESV2Client", self._make("sesv2"))

    def events(self, region: str) -> "EventBridgeClient":
        """Return the client of a region, which the tenant chooses. Without retries, as `sesv2`."""
        if region not in self._events:
            made = self._make("events", attempts=1, patience=_PATIENT, region_name=region)
            self._events[region] = cast("EventBridgeClient", made)
        return self._events[region]

    @cached_property
    def sns(self) -> "SNSClient":
        """Without retries, for the same reason."""
        return cast("SNSClient", self._make("sns", attempts=1, patience=_PATIENT))

    @cached_property
    def _session(self) -> Any:
        from boto3.session import Session  # noqa: PLC0415  # half of a cold start

        return Session()

    def _make(
        self, service: str, attempts: int = _ATTEMPTS, patience: int = _PATIENCE, **options: Any
    ) -> Any:
        from botocore.config import Config  # noqa: PLC0415  # half of a cold start

        config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=2,
            read_timeout=patience,
            parameter_validation=False,
            max_pool_connections=20,
        )
        with self._lock:
            client = self._session.client(service, config=config, **(self.options | options))
        client.meta.events.register("before-call", _count)
        return client


def _count(**_: Any) -> None:
    """Count a call, and not its retries, for the log line of the work that makes it."""
    log_context.count(aws_calls=1)


@contextmanager
def available(service: str) -> Iterator[None]:
    """Raise Unavailable for a temporary error or a missing answer; let any other error pass."""
    try:
        yield
    except failures() as error:
        if not _is_temporary(error):
            raise
        raise Unavailable(f"{service} is not available") from error


def failures() -> tuple[type[Exception], ...]:
    """Return the classes a client raises. Evaluated after a raise only: botocore is loaded then."""
    from botocore.exceptions import (  # noqa: PLC0415  # half of a cold start
        ClientError,
        ConnectionError,  # noqa: A004  # botocore's own
        HTTPClientError,
    )

    return ClientError, ConnectionError, HTTPClientError


def code(error: Exception) -> str:
    """Return AWS's code of the error, or the class name of one that carries no answer."""
    response = getattr(error, "response", None) or {}  # a timeout has None
    return str(response.get("Error", {}).get("Code", "")) or type(error).__name__


def _is_temporary(error: Exception) -> bool:
    response = getattr(error, "response", None)
    if response is None:
        return True
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= _SERVER_ERROR or code(error) in _NOT_NOW
