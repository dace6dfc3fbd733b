"""The logger, and the one line that each request and each queue message ends with.

Lines are JSON: ids, counts and words of our own, never a body, URL, header or address. Libraries
and exception texts may quote any of these. So libraries log from warnings on, and exceptions are
logged by kind and place.
"""

import logging
from typing import Any

from aws_lambda_powertools.logging import Logger

from carillon.dialects.dialect import Asked
from carillon.domain.base.errors import CarillonError
from carillon.runtime import metrics
from carillon.runtime.json_lines import JsonLines
from carillon.runtime.request import Request
from carillon.telemetry import log_context
from carillon.telemetry.failures import described

_REFUSED = 400  # the first status that says no

# Named like our package, so that its modules' loggers write through this one's handler.
logger = Logger(service="carillon", logger_formatter=JsonLines(), log_uncaught_exceptions=False)


def log_call(
    request: Request, asked: Asked, dialect: str, status: int, error: Exception | None
) -> None:
    """Write a request's line: `answered`, `refused`, or `failed` if `error` is a bug of ours."""
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
    """Write a message's line: `done`, `unfinished` if it is to come `again`, or `failed`."""
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
    """Stop libraries from logging requests, whatever log level Lambda or Powertools was given."""
    root = logging.getLogger()
    root.setLevel(max(root.level, logging.WARNING))
    # POWERTOOLS_DEBUG gives it a level of its own, at which it logs exception texts.
    logging.getLogger("aws_lambda_powertools").setLevel(logging.WARNING)
    # Their warnings quote whole URLs, for example about an unreadable header.
    for talker in ("apprise", "urllib3"):
        logging.getLogger(talker).setLevel(logging.CRITICAL)


quieten()
