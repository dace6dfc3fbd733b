"""Addresses, recipients and subjects of email, for SES and SMTP."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from email.utils import formataddr, parseaddr
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Message
from carillon.providers.markups import cutting
from carillon.providers.settings import Strict, ascii_host, parsed

MOST_RECIPIENTS = 50  # of one message: SES's limit
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
_LONGEST_SUBJECT = 998  # RFC 5322, 2.1.1
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_DOMAIN = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\Z"
)
# Whatever ends a header line for some parser, control characters and lone surrogates.
_NOT_IN_HEADERS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    domain = ascii_host(domain)
    if not (_LOCAL.match(local) and _DOMAIN.match(domain)):
        raise ValueError("must be an email address")
    if len(local) + len(domain) >= _LONGEST_ADDRESS:
        raise ValueError(f"must have at most {_LONGEST_ADDRESS} characters")
    return f"{local}@{domain}"


def in_headers(text: str) -> str:
    """Return the text; raise ValueError if it could end a header's line."""
    if _NOT_IN_HEADERS.search(text):
        raise ValueError("must not contain line breaks or control characters")
    return text


def _mailbox(text: str) -> str:
    """Normalise an address or `Name <address>`, with the name encoded for a header."""
    name, address = parseaddr(in_headers(text))
    return formataddr((name, _address(address)))


type EmailAddress = Annotated[str, AfterValidator(_address)]
type Mailbox = Annotated[str, Field(max_length=400), AfterValidator(_mailbox)]


class Address(Strict):
    email: EmailAddress


def bare(mailbox: str) -> str:
    """Return the address of a mailbox without its name."""
    return parseaddr(mailbox)[1]


class Copies(Strict):
    to: tuple[EmailAddress, ...]
    cc: tuple[EmailAddress, ...]
    bcc: tuple[EmailAddress, ...]


class Envelope(NamedTuple):
    """All recipients of a message, each listed once, where it came first."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]

    @property
    def recipients(self) -> tuple[str, ...]:
        return self.to + self.cc + self.bcc


def envelope(message: Message, recipient: str) -> Envelope:
    """Combine the recipient with the message's copies; raise Invalid for bad or too many.

    The event type may have copies, and the caller may name more in the overrides.
    """
    named, said = parsed(Copies, asdict(message.copies), FieldName.COPIES), message.overrides
    seen: set[str] = set()
    to, cc, bcc = (
        _unseen(addresses, seen)
        for addresses in (
            (recipient, *named.to, *said.get("to", ())),
            (*named.cc, *said.get("cc", ())),
            (*named.bcc, *said.get("bcc", ())),
        )
    )
    if len(seen) > MOST_RECIPIENTS:
        raise Invalid(
            FieldProblem(FieldName.COPIES, f"must not make more than {MOST_RECIPIENTS} recipients")
        )
    return Envelope(to, cc, bcc)


def _unseen(addresses: Iterable[str], seen: set[str]) -> tuple[str, ...]:
    """Return the addresses not in `seen`, ignoring case, and add them to it."""
    found = []
    for address in addresses:
        if address.lower() not in seen:
            seen.add(address.lower())
            found.append(address)
    return tuple(found)


def subject(message: Message) -> str:
    """Return the subject, by default the event's name; raise Invalid if it could add a header."""
    text = message.subject or message.event
    if _NOT_IN_HEADERS.search(text):
        raise Invalid(
            FieldProblem(FieldName.SUBJECT, "must not contain line breaks or control characters")
        )
    return cutting.cut(text, _LONGEST_SUBJECT)
