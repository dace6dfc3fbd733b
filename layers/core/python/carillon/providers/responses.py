"""What most services mean by a status, and how long they ask us to wait."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

from carillon.domain.delivery.deliveries import Outcome, Result

_LONGEST_WAIT = 86_400.0
_CONFIG = frozenset({401, 403})
_RETRY = frozenset({408, 425, 429})
_GONE_FOR_GOOD = 410
_GONE = frozenset({404, _GONE_FOR_GOOD})


def by_status(
    status: int,
    headers: Mapping[str, str],
    *,
    gone: Outcome = Outcome.CONFIG,
    code: str = "",
) -> Result:
    """Sort an answer by its status alone.

    `gone` is what 404 and 410 mean: the end of the address where the URL is the address.
    """
    outcome = gone if status in _GONE else _outcome(status)
    return result(outcome, status, headers, code=code)


def by_endpoint(status: int, headers: Mapping[str, str]) -> Result:
    """Of whoever's own endpoint: 410 alone says that it is gone, a 404 may be a deployment's."""
    if status == _GONE_FOR_GOOD:
        return result(Outcome.DEAD, status, headers)
    return by_status(status, headers)


def by_aws(
    status: int,
    headers: Mapping[str, str],
    response: Mapping[str, Any],
    *,
    id: str,
    outcomes: Mapping[str, Outcome],
) -> Result:
    """Of a service of AWS: what was taken has an id by this name, what was not a code."""
    if ok(status):
        given = response.get(id)
        if isinstance(given, str) and given:
            return result(Outcome.SENT, status, headers, message_id=given)
        return unreadable(status, headers)
    code = response.get("code")
    if not isinstance(code, str) or code not in outcomes:
        return by_status(status, headers)
    return result(outcomes[code], status, headers, code=code)


def ok(status: int) -> bool:
    """Whether it is a 2xx: success, if the body does not say otherwise."""
    return status // 100 == 2


def result(
    outcome: Outcome,
    status: int,
    headers: Mapping[str, str],
    *,
    code: str = "",
    message_id: str = "",
) -> Result:
    """A result with a code in any case, and with the wait that a "not now" asks for."""
    sent = outcome is Outcome.SENT
    return Result(
        outcome=outcome,
        http_status=status,
        code=code or ("" if sent else f"http_{status}"),
        retry_after=retry_after(headers) if outcome is Outcome.RETRY else None,
        message_id=message_id[:200].encode(errors="replace").decode(),
    )


def with_wait(found: Result, wait: float | None) -> Result:
    """The result, with a wait where it asks for one and the header told none."""
    told = found.outcome is not Outcome.RETRY or found.retry_after is not None
    return found if told else replace(found, retry_after=wait)


def unreadable(status: int, headers: Mapping[str, str]) -> Result:
    """It was taken, perhaps: the answer is not what the service answers."""
    return result(Outcome.UNSURE, status, headers, code="unreadable_answer")


def _outcome(status: int) -> Outcome:
    match status // 100:
        case 2:
            return Outcome.SENT
        case 3:
            return Outcome.CONFIG  # never followed
        case 4 if status in _CONFIG:
            return Outcome.CONFIG
        case 4 if status not in _RETRY:
            return Outcome.BAD
        case _:
            return Outcome.RETRY


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header, at most a day; None without one that can be read."""
    text = headers.get("retry-after", "").strip()
    if not text.isascii() or len(text) > len("Wednesday, 31-Dec-2026 23:59:59 GMT"):
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = _until(text, headers.get("date", ""))
    return min(max(seconds, 0.0), _LONGEST_WAIT) if isfinite(seconds) else None


def seconds_until(epoch: object, headers: Mapping[str, str]) -> float | None:
    """The wait until a time in seconds since 1970, as some services tell it, at most a day."""
    try:
        then = datetime.fromtimestamp(float(str(epoch)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    now = _date(headers.get("date", "")) or datetime.now(UTC)
    return min(max((then - now).total_seconds(), 0.0), _LONGEST_WAIT)


def seconds(wait: object) -> float | None:
    """A wait as some services tell it in their JSON, at most a day."""
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not isfinite(wait):
        return None
    return min(max(float(wait), 0.0), _LONGEST_WAIT)


def _until(text: str, date: str) -> float:
    """Seconds until an HTTP date by the server's own clock, if it told us, else by ours."""
    then = _date(text)
    if then is None:
        return float("nan")
    return (then - (_date(date) or datetime.now(UTC))).total_seconds()


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def json_object(body: bytes) -> Mapping[str, Any]:
    """The body as a JSON object; empty for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
