"""Answer a path without a route: 404 in the words of the API that the path belongs to.

No key is asked for. The list of paths is public, and strangers who try paths should not cost a
table read.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from carillon.dialects.dialect import Answer, Dialect
from carillon.domain.base.errors import UnknownPath
from carillon.runtime import credentials, observability
from carillon.runtime.replies import asked_of, response
from carillon.runtime.request import from_event
from carillon.telemetry.log_context import LogContext

type Json = dict[str, Any]

_SAILPOINT = "carillon.dialects.sailpoint"
# Each dialect's package by the first segments of its paths; the longest match decides.
PREFIXES: Mapping[str, str] = {
    "/admin": "carillon.dialects.admin",
    "/api": "carillon.dialects.bitcaster",
    "/beta": _SAILPOINT,
    "/latest": _SAILPOINT,
    "/notification-preferences": _SAILPOINT,
    "/notification-template-context": _SAILPOINT,
    "/notification-template-defaults": _SAILPOINT,
    "/notification-template-variables": _SAILPOINT,
    "/notification-templates": _SAILPOINT,
    "/oauth": _SAILPOINT,
    "/notifications": "carillon.dialects.confluent",
    "/sts": "carillon.dialects.confluent",
    "/send-test-notification": _SAILPOINT,
    "/trigger-invocations": _SAILPOINT,
    "/trigger-subscriptions": _SAILPOINT,
    "/triggers": _SAILPOINT,
    "/v1": "carillon.dialects.novu",
    "/v2": "carillon.dialects.novu",
    "/v2024": _SAILPOINT,
    "/v2025": _SAILPOINT,
    "/v2026": _SAILPOINT,
    "/verified-from-addresses": _SAILPOINT,
    "/verified-domains": _SAILPOINT,
    "/mail-from-attributes": _SAILPOINT,
}


def handler(event: Json, context: Any) -> Json:
    request = from_event(event)
    asked = asked_of(request)
    error = UnknownPath(request.method, request.path)
    dialect = dialect_of(request.path)
    answer = dialect.error(error, asked) if dialect else _plain(error)
    with LogContext(request_id=request.id, function=context.function_name):
        observability.log_call(
            request, asked, dialect.name if dialect else "none", answer.status, error
        )
    return response(credentials.without(answer, request))


def dialect_of(path: str) -> Dialect | None:
    """Import and return the dialect that the path belongs to, or None."""
    segments = path.split("/")
    for count in range(len(segments), 1, -1):
        module = PREFIXES.get("/".join(segments[:count]))
        if module:
            found = import_module(module).dialect
            if not isinstance(found, Dialect):
                raise TypeError(f"{module}.dialect is not a Dialect")
            return found
    return None


def _plain(error: UnknownPath) -> Answer:
    return Answer(status=404, body={"message": str(error)})
