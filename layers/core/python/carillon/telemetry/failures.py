"""Where an exception came from, without its text, which may quote a secret or an address."""

import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

# A Lambda function's own module is `app`; in this repository it is below `functions`.
_OURS = frozenset({"app", "carillon", "functions"})


def described(error: BaseException) -> list[str]:
    """Return the kind and place of an exception, then of each that led to it."""
    return [f"{_kind(each)} at {_place(each)}" for each in _chain(error)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen = set[int]()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        yield cause
        seen.add(id(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _kind(error: Any) -> str:
    """Its class, and AWS's error code if botocore raised it."""
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    answered = kind.__module__.startswith("botocore.") and hasattr(error, "response")
    return f"{name} {error.response.get('Error', {}).get('Code', '')}".strip() if answered else name


def _place(error: BaseException) -> str:
    """The innermost of our lines that it came through; of anybody's if there is none."""
    frames = list(traceback.walk_tb(error.__traceback__))
    for frame, line in reversed([each for each in frames if _is_ours(each[0])] or frames):
        return f"{frame.f_code.co_filename}:{line}"
    return "an unknown place"


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS
