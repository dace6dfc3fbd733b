"""The files that mails bring along: decoded, read from their store, or fetched from outside."""

import base64
from collections.abc import Iterable
from threading import Lock

from carillon.domain.base.errors import Invalid, Unavailable
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import File
from carillon.domain.delivery.deliveries import Concern, Outcome, Result
from carillon.domain.delivery.transport import HttpRequest, NoAnswer, Response
from carillon.domain.intake.attachments import LARGEST, Attachment
from carillon.ports import TenantPorts

_HELD = 32 * 1024 * 1024  # bytes that are kept for further mails of a chunk
_OK = 200
_LATER = frozenset({408, 425, 429})
_SERVER_ERROR = 500
# A file that is not to be had now is about its own event: the integration is not to blame.
_NOT_NOW = Result(outcome=Outcome.RETRY, code="attachment_unavailable", concerns=Concern.PLACE)

type Content = bytes | NoAnswer | Invalid | Unavailable


class Files:
    """The files of one chunk's mails. Each is read or fetched once, also one that is not there.

    Large ones of many events may not all be kept, and are read again.
    """

    def __init__(self, ports: TenantPorts) -> None:
        self._ports = ports
        self._found: dict[str, Content] = {}  # by URL or key, the oldest first
        self._lock = Lock()

    def of(self, attachments: Iterable[Attachment]) -> tuple[File, ...]:
        """Return the files; raise NoAnswer for one that is not to be had now or any more.

        Raise Invalid for one that never could be had, Unavailable when our store does not answer.
        """
        found = tuple(
            File(
                name=one.name,
                mime=one.mime,
                content=self._content(one),
                content_id=one.content_id,
                inline=one.inline,
            )
            for one in attachments
        )
        if sum(len(file.content) for file in found) > LARGEST:
            raise _invalid(f"must not have more than {LARGEST} bytes together")
        return found

    def _content(self, one: Attachment) -> bytes:
        place = one.url or one.key
        if not place:
            return base64.b64decode(one.content)
        with self._lock:
            found = self._found.get(place)
            if found is None:
                found = self._found[place] = self._got(one)
                self._make_room()
        if isinstance(found, bytes):
            return found
        raise found

    def _make_room(self) -> None:
        """Let go of the contents that came first, but never of the last."""
        held = sum(len(one) for one in self._found.values() if isinstance(one, bytes))
        for place in list(self._found)[:-1]:
            if held <= _HELD:
                return
            one = self._found[place]
            if isinstance(one, bytes):
                held -= len(one)
                del self._found[place]

    def _got(self, one: Attachment) -> Content:
        """Return the content, or why it is not to be had."""
        try:
            return self._read(one) if one.key else self._fetch(one)
        except (NoAnswer, Invalid, Unavailable) as why:
            return why

    def _read(self, one: Attachment) -> bytes:
        content = self._ports.attachments.find(one.key)
        if content is None:
            gone = Result(outcome=Outcome.BAD, code="attachment_gone", detail=one.name)
            raise NoAnswer(gone)
        return content

    def _fetch(self, one: Attachment) -> bytes:
        request = HttpRequest(method="GET", url=one.url, most=LARGEST + 1)
        try:
            response = self._ports.egress.send(request)
        except NoAnswer as none:
            if none.result.outcome is Outcome.CONFIG:
                raise _invalid(f"must be had from a public address: {one.name}") from None
            raise NoAnswer(_NOT_NOW) from None
        if response.status in _LATER or response.status >= _SERVER_ERROR:
            raise NoAnswer(_NOT_NOW)
        return _body(response, one)


def _body(response: Response, one: Attachment) -> bytes:
    if response.status != _OK:
        raise _invalid(f"cannot be fetched: {one.name} is answered with {response.status}")
    if len(response.body) > LARGEST:
        raise _invalid(f"must not have more than {LARGEST} bytes together")
    return response.body


def _invalid(message: str) -> Invalid:
    return Invalid(FieldProblem(FieldName.ATTACHMENTS, message))
