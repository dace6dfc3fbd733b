"""The fields of a mail that a caller may set, for SES and SMTP, and a mail with them applied.

The names are those of Novu and of nodemailer, whose options Novu's clients send on:
https://docs.novu.co/platform/integrations/email#sending-email-overrides
https://nodemailer.com/message
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from typing import Annotated, Any, Protocol

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from carillon.domain.catalogue.templates import File, Message
from carillon.providers import mail
from carillon.providers.overriding import Overrides

_LONGEST = 200_000  # characters of a body: an event has 256 KB at most
_MOST_HEADERS = 15  # of SES
# Headers that we write, that a mail server writes, or that decide where a mail goes.
_DENIED = re.compile(
    r"(?:arc-.*|auto-submitted|authentication-results|bcc|cc|content-.*|date|delivered-to"
    r"|dkim-.*|from|message-id|mime-version|received.*|reply-to|resent-.*|return-path|sender"
    r"|subject|to|x-ses-.*)\Z",
    re.IGNORECASE,
)


def _listed(value: Any) -> Any:
    """Return a list of mailboxes, of one, or of several in a text; objects have name and address.

    >>> _listed("Ana <ana@acme.example>, ben@acme.example")
    ['Ana <ana@acme.example>', 'ben@acme.example']
    """
    entries = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    found: list[Any] = []
    for entry in entries:
        if isinstance(entry, str) and entry.count("@") > 1:
            found += [mail.written(*pair) for pair in getaddresses([entry])]
        else:
            found.append(_written(entry))
    return found


def _written(entry: Any) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    return mail.written(str(entry.get("name") or ""), str(entry.get("address") or ""))


def _bare(mailboxes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(mail.bare(mailbox) for mailbox in mailboxes)


def _pairs(value: Any) -> Any:
    """Return headers given as a list of keys and values as an object."""
    if not isinstance(value, list):
        return value
    return {str(item.get("key")): item.get("value") for item in value if isinstance(item, Mapping)}


def _allowed(headers: Mapping[str, str]) -> Mapping[str, str]:
    denied = sorted(name for name in headers if _DENIED.match(name))
    if denied:
        raise ValueError(f"must not set {', '.join(denied)}")
    return headers


def _one_line(text: str) -> str:
    return mail.one_line(text)


type Mailboxes = Annotated[
    tuple[mail.Mailbox, ...], BeforeValidator(_listed), Field(max_length=mail.MOST_RECIPIENTS)
]
type Addresses = Annotated[Mailboxes, AfterValidator(_bare)]
type Line = Annotated[str, Field(max_length=998), AfterValidator(_one_line)]
type Body = Annotated[str, Field(max_length=_LONGEST)]
type HeaderName = Annotated[str, StringConstraints(pattern=r"^[!-9;-~]{1,126}$")]
type HeaderValue = Annotated[
    str, Field(coerce_numbers_to_str=True), StringConstraints(pattern=r"^[ -~]{1,870}$")
]
type Headers = Annotated[
    dict[HeaderName, HeaderValue],
    BeforeValidator(_pairs),
    Field(max_length=_MOST_HEADERS),
    AfterValidator(_allowed),
]


class MailOverrides(Overrides):
    """`to`, `cc` and `bcc` are further recipients; the others take the place of what is there."""

    sender: Annotated[mail.Mailbox, BeforeValidator(_written)] | None = Field(None, alias="from")
    sender_name: Line | None = None
    to: Addresses = ()
    cc: Addresses = ()
    bcc: Addresses = ()
    reply_to: Mailboxes = ()
    subject: Line | None = None
    text: Body | None = None
    html: Body | None = None
    headers: Headers = Field(default_factory=dict)
    in_reply_to: HeaderValue | None = None
    references: HeaderValue | None = None


class _Settings(Protocol):
    @property
    def sender(self) -> str: ...
    @property
    def reply_to(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail as it is sent; mailboxes are written as in headers."""

    sender: str
    reply_to: tuple[str, ...]
    envelope: mail.Envelope
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    files: tuple[File, ...]


def composed(message: Message, address: mail.Address, settings: _Settings) -> Mail:
    """Return the message as a mail to the address; raise Invalid if it can never be sent."""
    said = message.overrides
    text, html = said.get("text") or "", said.get("html") or ""
    threading = {"In-Reply-To": said.get("in_reply_to"), "References": said.get("references")}
    return Mail(
        sender=_sender(said, settings.sender),
        reply_to=tuple(said.get("reply_to") or filter(None, [settings.reply_to])),
        envelope=mail.envelope(message, address.email),
        subject=said.get("subject") or mail.subject(message),
        text=text or ("" if html else message.text),
        html=html or ("" if text else message.html),
        headers={
            "Auto-Submitted": "auto-generated",  # RFC 3834: no auto-reply is wanted
            **said.get("headers", {}),
            **{name: value for name, value in threading.items() if value},
        },
        files=message.files,
    )


def _sender(said: Mapping[str, Any], own: str) -> str:
    """Return the sender's mailbox: without a name given, with that of the integration."""
    own_name, own_address = mail.parts(own)
    name, address = mail.parts(said.get("from") or own_address)
    return mail.written(said.get("sender_name") or name or own_name, address)
