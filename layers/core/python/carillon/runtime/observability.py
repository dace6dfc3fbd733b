"""The one logger, and the one line that each request and each message ends with.

It writes JSON with ids as keys: never a body, URL, header or address. Libraries and the texts of
exceptions quote any of these, so neither is let into the log: libraries are heard from warnings
on, and exceptions are told by kind and place.
"""

import logging
from typing import Any, override

from aws_lambda_powertools.logging import Logger

from carillon.dialects.dialect import Asked
from carillon.domain.base.errors import CarillonError
from carillon.runtime import metrics
from carillon.runtime.request import Request
from carillon.telemetry import log_context
from carillon.telemetry.failures import described

# The service's name is our package's too: what its modules log is written as this logger's lines.
logger = Logger(service="carillon", log_uncaught_exceptions=False)


_REFUSED = 400  # the first status that says no


class _Bound(logging.Filter):
    """Adds the fields bound to the current request or message; a line's own come first."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if context := log_context.current():
            record.__dict__ = context.bound | record.__dict__
        return True


def log_call(
    request: Request, asked: Asked, dialect: str, status: int, error: Exception | None
) -> None:
    """End a request: it was answered with success, refused, or failed by a bug of ours."""
    log_context.add(dialect=dialect, route=request.route, status=status)
    if status >= _REFUSED:
        log_context.count(**{f"refused_{status // 100}xx": 1})
        log_context.add(tracking_id=asked.tracking_id)
    if error is not None and not isinstance(error, CarillonError):
        _fail(error)
    elif status >= _REFUSED:
        _end("refused", error=type(error).__name__ if error else None)
    else:
        _end("answered")


def log_message(error: Exception | None = None, *, again: bool = False) -> None:
    """End a queue's message: it is done, unfinished (`again`), or failed by a bug of ours."""
    if error is None:
        _end("done")
    elif again:
        _end("unfinished", reason=str(error))
    else:
        _fail(error)


def _end(message: str, **fields: Any) -> None:
    logger.info(message, **_summary(fields))


def _fail(error: Exception) -> None:
    logger.error("failed", **_summary({"errors": described(error)}))


def _summary(fields: dict[str, Any]) -> dict[str, Any]:
    context = log_context.current()
    if context:
        fields = {**context.summary, **fields}
    return {**fields, **metrics.embedded(fields)}


def quieten() -> None:
    """Keep libraries from logging what they send, whatever log level Lambda or Powertools got."""
    root = logging.getLogger()
    root.setLevel(max(root.level, logging.WARNING))
    # It has a level of its own under POWERTOOLS_DEBUG, and logs the texts of exceptions there.
    logging.getLogger("aws_lambda_powertools").setLevel(logging.WARNING)
    # They warn with whole URLs: of a header that cannot be read, for one.
    for talker in ("apprise", "urllib3"):
        logging.getLogger(talker).setLevel(logging.CRITICAL)


logger.registered_handler.addFilter(_Bound())
quieten()
