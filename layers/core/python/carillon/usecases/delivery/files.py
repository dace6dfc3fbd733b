"""The files that mails bring along: decoded, or fetched from outside by the guarded way."""

import base64
from collections.abc import Iterable
from threading import Lock

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import File
from carillon.domain.delivery.deliveries import Concern, Outcome, Result
from carillon.domain.delivery.transport import HttpRequest, NoAnswer, Response
from carillon.domain.intake.attachments import LARGEST, Attachment
from carillon.ports import TenantPorts

_OK = 200
_LATER = frozenset({408, 425, 429})
_SERVER_ERROR = 500
# A file that is not to be had now is about its own event: the integration is not to blame.
_NOT_NOW = Result(outcome=Outcome.RETRY, code="attachment_unavailable", concerns=Concern.PLACE)


class Files:
    """The files of one chunk's mails; each URL is fetched once."""

    def __init__(self, ports: TenantPorts) -> None:
        self._ports = ports
        self._fetched: dict[str, bytes] = {}
        self._lock = Lock()

    def of(self, attachments: Iterable[Attachment]) -> tuple[File, ...]:
        """Return the files; raise NoAnswer if one may be had later, Invalid if never."""
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
        if not one.url:
            return base64.b64decode(one.content)
        with self._lock:
            if one.url not in self._fetched:
                self._fetched[one.url] = self._fetch(one)
            return self._fetched[one.url]

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
