"""Apprise, the library for the long tail of services, behind the guarded egress.

Apprise sends by `requests`. This module replaces the adapter of its sessions by one that hands each
request to `Http`. So the guard, the deadline and the limits hold for Apprise too, and the statuses,
which it ignores, are read.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import regex
import requests
from apprise import Apprise, AppriseAsset, NotifyFormat, OverflowMode, PersistentStoreMode
from apprise.conversion import convert_between
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from carillon.adapters.egress.guard import Blocked, Budget, Unreachable
from carillon.adapters.egress.http import Http
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import AppriseRequest, HttpRequest, NoAnswer, Response

_FIRST_ERROR = 300
_CUT = "…"

_ASSET = AppriseAsset(
    app_id="Carillon",
    app_url="",
    async_mode=False,
    http_redirects=False,
    storage_mode=PersistentStoreMode.MEMORY,
)


@dataclass
class _Sending:
    """How one notification is sent, and its answers or its failure."""

    http: Http
    budget: Budget
    responses: list[Response] = field(default_factory=list)
    failure: Exception | None = None


_thread = threading.local()


def send(request: AppriseRequest, http: Http, budget: Budget) -> Response:
    """Send; raise Blocked, Unreachable or TimeoutError as Http does, NoAnswer for a wrong URL."""
    with _sending(http, budget) as own:
        # A new plugin each time, as it keeps state between notifications.
        plugin: Any = Apprise.instantiate(request.url, asset=_ASSET)
        if plugin is None:
            raise NoAnswer(Result(outcome=Outcome.BAD, code="invalid_url"))
        plugin.request_rate_per_sec = 0  # else it sleeps
        notified = _notify(plugin, request)
    if own.failure:
        raise own.failure
    if not own.responses:
        raise NoAnswer(Result(outcome=Outcome.BAD, code="nothing_sent"))
    refusals = (response for response in own.responses if response.status >= _FIRST_ERROR)
    answer = next(refusals, own.responses[-1])
    headers = {**answer.headers, "apprise-notified": "yes" if notified else "no"}
    return Response(status=answer.status, headers=headers, body=answer.body)


def _notify(plugin: Any, request: AppriseRequest) -> bool:
    """Notify as `Apprise.notify` does, which converts what is sent, but in this thread."""
    kind = NotifyFormat.HTML if request.is_html else NotifyFormat.TEXT
    read_as = plugin.resolve_format(kind)
    convert: Callable[[NotifyFormat, NotifyFormat, str], str] = convert_between
    title, body = request.title, request.body if request.is_html else _cut(plugin, request)
    if plugin.title_maxlen <= 0:  # the title becomes a part of the body
        title = convert(NotifyFormat.TEXT, read_as, title)
    return bool(
        plugin.notify(
            title=title,
            body=convert(kind, read_as, body),
            body_format=read_as,
            body_passthrough=False,
        )
    )


def _cut(plugin: Any, request: AppriseRequest) -> str:
    """Return the body as long as the service takes, unless the URL says what to do with more."""
    if plugin.overflow_mode is not OverflowMode.UPSTREAM:
        return request.body
    room = plugin.body_maxlen - (len(request.title) + 2 if plugin.title_maxlen <= 0 else 0)
    if len(request.body) <= room or room <= len(_CUT):
        return request.body
    kept = ""
    for character in regex.finditer(r"\X", request.body):  # as people see them
        if character.end() > room - len(_CUT):
            break
        kept = request.body[: character.end()]
    return kept.rstrip() + _CUT


@contextmanager
def _sending(http: Http, budget: Budget) -> Iterator[_Sending]:
    _thread.sending = own = _Sending(http, budget)
    try:
        yield own
    finally:
        _thread.sending = None


class _Adapter(HTTPAdapter):
    """Replaces the adapter of `requests`: within a sending, every request goes through Http."""

    def send(self, request: requests.PreparedRequest, *more: Any, **how: Any) -> requests.Response:
        own: _Sending | None = getattr(_thread, "sending", None)
        if own is None:  # other code of the process, not Apprise
            return super().send(request, *more, **how)
        own.budget.begin()
        try:
            response = own.http.send(_ours(request), own.budget)
        except (Blocked, Unreachable, TimeoutError) as error:
            own.failure = own.failure or error
            raise requests.ConnectionError("no answer") from None
        own.responses.append(response)
        return _theirs(request, response)


def _ours(request: requests.PreparedRequest) -> HttpRequest:
    body = request.body or b""
    return HttpRequest(
        method=request.method or "GET",
        url=request.url or "",
        headers=dict(request.headers),
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def _theirs(request: requests.PreparedRequest, response: Response) -> requests.Response:
    made = requests.Response()
    made.status_code = response.status
    # Without its location a redirect is not followed.
    made.headers = CaseInsensitiveDict(
        (name, value) for name, value in response.headers.items() if name != "location"
    )
    made._content = response.body  # noqa: SLF001 - the library offers no other way
    made.encoding = "utf-8"
    made.url = request.url or ""
    made.request = request
    return made


requests.sessions.HTTPAdapter = _Adapter
