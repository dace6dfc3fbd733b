"""The one logger. It writes JSON with ids as keys: never a body, URL, header or address."""

import logging
import traceback
from collections.abc import Mapping

from aws_lambda_powertools.logging import Logger

from carillon.domain.errors import CarillonError

logger = Logger(log_uncaught_exceptions=False)

# What they write of URLs, headers and bodies, at DEBUG and here and there at WARNING, must not
# appear whatever level somebody sets.
for _name in ("apprise", "aws_lambda_powertools", "botocore", "hpack", "httpcore", "urllib3"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def fault(error: BaseException) -> Mapping[str, object]:
    """What may be said of an exception: its kinds and its place, and its words if they are ours.

    Those of others quote what they were given: URLs, bodies, keys.
    """
    about = {"kind": type(error).__name__, "place": _place(error)}
    if cause := error.__cause__ or error.__context__:
        about["cause"] = f"{type(cause).__name__} at {_place(cause)}"
    if isinstance(error, CarillonError):
        about["reason"] = str(error)
    return about


def _place(error: BaseException) -> str:
    """The innermost line of ours on the way to it, or the innermost of all."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "carillon/" in frame.filename]
    for frame in reversed(ours or frames):
        file = frame.filename.rpartition("carillon/")[2]
        return f"{file}:{frame.lineno} in {frame.name}"
    return ""
