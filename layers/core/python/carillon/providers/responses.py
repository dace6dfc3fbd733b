"""Turn responses into results: by status where a service says no more, and with its wait."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.providers import verdicts
from carillon.providers.verdicts import Verdict

_LONGEST_WAIT = 86_400.0
_UNAUTHORIZED = 401
_CONFIG = frozenset({402, 403, 404})
_RETRY = frozenset({408, 425, 429})
_GONE_FOR_GOOD = 410


def by_status(status: int, headers: Mapping[str, str], *, code: str = "") -> Result:
    """Classify a response by its status alone, where the integration holds the URL."""
    return result(_verdict(status), status, headers, code=code)


def by_address(status: int, headers: Mapping[str, str], *, code: str = "") -> Result:
    """Classify a response by its status alone, where the URL is the address.

    410 says that it is gone for ever. A 404 does not: a proxy says so too, and a workflow that is
    switched off.
    """
    verdict = verdicts.DEAD if status == _GONE_FOR_GOOD else _verdict(status)
    if verdict.outcome is Outcome.CONFIG:
        verdict = verdicts.PLACE
    return result(verdict, status, headers, code=code)


def by_endpoint(status: int, headers: Mapping[str, str]) -> Result:
    """Classify the response of a customer's own endpoint, as Standard Webhooks says.

    Only 410 ends it. Anything else but a 2xx may come from a deployment and is tried again; a
    refused signature or credential is CONFIG, which the tenant is shown at once.
    """
    if ok(status):
        return result(Outcome.SENT, status, headers)
    if status == _GONE_FOR_GOOD:
        return result(Outcome.DEAD, status, headers)
    refused = status in {_UNAUTHORIZED, 403}
    return result(verdicts.CREDENTIAL if refused else verdicts.RETRY, status, headers)


def by_aws(
    status: int,
    headers: Mapping[str, str],
    response: Mapping[str, Any],
    *,
    id: str,
    meanings: Mapping[str, Verdict],
) -> Result:
    """Classify the response of an AWS service: an id called `id`, or an error code."""
    if ok(status):
        given = response.get(id)
        if isinstance(given, str) and given:
            return result(Outcome.SENT, status, headers, message_id=given)
        return unreadable(status, headers)
    code = response.get("code")
    if not isinstance(code, str) or code not in meanings:
        return by_status(status, headers)
    return result(meanings[code], status, headers, code=code)


def ok(status: int) -> bool:
    """Whether the status is a 2xx: success, unless the body says otherwise."""
    return status // 100 == 2


def result(
    meaning: Outcome | Verdict,
    status: int,
    headers: Mapping[str, str],
    *,
    code: str = "",
    message_id: str = "",
) -> Result:
    """Make a result that has a code unless SENT.

    A RETRY has the Retry-After of the response, or else the wait of its verdict.
    """
    verdict = meaning if isinstance(meaning, Verdict) else Verdict(meaning)
    sent = verdict.outcome is Outcome.SENT
    asked = retry_after(headers) if verdict.outcome is Outcome.RETRY else None
    return Result(
        outcome=verdict.outcome,
        http_status=status,
        code=code or ("" if sent else f"http_{status}"),
        retry_after=verdict.wait if asked is None else asked,
        message_id=message_id[:200].encode(errors="replace").decode(),
        concerns=verdict.concerns,
    )


def with_wait(found: Result, wait: float | None) -> Result:
    """Add a wait to a RETRY that has none from the header."""
    lacks_wait = found.outcome is Outcome.RETRY and found.retry_after is None
    return replace(found, retry_after=wait) if lacks_wait else found


def unreadable(status: int, headers: Mapping[str, str]) -> Result:
    """Make the result of a success that is not the service's: perhaps the message was accepted."""
    return result(Outcome.UNSURE, status, headers, code="unreadable_answer")


def _verdict(status: int) -> Verdict:
    match status // 100:
        case 2:
            return verdicts.SENT
        case 3:
            return verdicts.MEND  # redirects are never followed
        case 4 if status == _UNAUTHORIZED:
            return verdicts.CREDENTIAL
        case 4 if status in _CONFIG or status == _GONE_FOR_GOOD:
            return verdicts.MEND
        case 4 if status not in _RETRY:
            return verdicts.BAD
        case _:
            return verdicts.RETRY


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of the Retry-After header, at most a day; None if it cannot be read."""
    text = headers.get("retry-after", "").strip()
    if not text.isascii() or len(text) > len("Wednesday, 31-Dec-2026 23:59:59 GMT"):
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = _until(text, headers.get("date", ""))
    return min(max(seconds, 0.0), _LONGEST_WAIT) if isfinite(seconds) else None


def seconds_until(epoch: object, headers: Mapping[str, str]) -> float | None:
    """Return the seconds until a Unix time (in seconds), at most a day; None for nonsense."""
    try:
        then = datetime.fromtimestamp(float(str(epoch)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    now = _date(headers.get("date", "")) or datetime.now(UTC)
    return min(max((then - now).total_seconds(), 0.0), _LONGEST_WAIT)


def seconds(wait: object) -> float | None:
    """Return a wait that JSON gives in seconds, at most a day; None for nonsense."""
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not isfinite(wait):
        return None
    return min(max(float(wait), 0.0), _LONGEST_WAIT)


def _until(text: str, date: str) -> float:
    """Return the seconds until an HTTP date, by the server's clock if it sent a Date, else ours."""
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
    """Parse the body as a JSON object; return an empty one for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
