"""The one logger. It writes JSON with ids as keys: never a body, URL, header or address.

Libraries and the texts of exceptions quote any of these, so neither is let into the log: libraries
are heard from warnings on, and exceptions are told by kind and place.
"""

import logging
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

from aws_lambda_powertools.logging import Logger

from carillon.adapters.aws import clients

logger = Logger(log_uncaught_exceptions=False)

# A Lambda function's own module is `app`; here it is below `functions`.
_OURS = frozenset({"app", "carillon", "functions"})


def quieten() -> None:
    """Keep libraries from telling what they send, whatever log level Lambda or Powertools got."""
    root = logging.getLogger()
    root.setLevel(max(root.level, logging.WARNING))
    # It has a level of its own under POWERTOOLS_DEBUG, and tells the texts of exceptions there.
    logging.getLogger("aws_lambda_powertools").setLevel(logging.WARNING)
    # They warn with whole URLs: of a header that cannot be read, for one.
    for talker in ("apprise", "urllib3"):
        logging.getLogger(talker).setLevel(logging.CRITICAL)


def described(error: BaseException) -> list[str]:
    """The kind and place of an exception, then of each that led to it."""
    return [f"{_kind(each)} at {_place(each)}" for each in _chain(error)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen = set[int]()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        yield cause
        seen.add(id(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _kind(error: Any) -> str:
    """Its class, and AWS's word for it if it has one."""
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    answered = kind.__module__.startswith("botocore.") and hasattr(error, "response")
    return f"{name} {clients.code(error)}" if answered else name


def _place(error: BaseException) -> str:
    """The innermost line of ours that it came through; of anybody's if there is none."""
    frames = list(traceback.walk_tb(error.__traceback__))
    for frame, line in reversed([each for each in frames if _is_ours(each[0])] or frames):
        return f"{frame.f_code.co_filename}:{line}"
    return "an unknown place"


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS


quieten()
