"""Addresses, recipients and subjects of email, for SES and SMTP."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from email.header import Header, decode_header, make_header
from email.utils import formataddr
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
_MAILBOX = re.compile(r"(?P<name>[^<]*)<(?P<address>[^<>]*)>\s*\Z")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\Z')
_ESCAPED = re.compile(r"\\(.)")
_LONGEST_WORD = 75  # RFC 2047, 2
# Line ends, tabs and their like, which are a space in a line.
_FOLDED = re.compile(r"\s*[\t-\r\x85\u2028\u2029]+\s*")
# Whatever ends a header line for some parser, control characters and lone surrogates.
_NOT_IN_HEADERS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if local and not local.isascii():
        raise ValueError("must have ASCII letters before the @: mail servers take no others")
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


def parts(mailbox: str) -> tuple[str, str]:
    """Return the name and the address of `Name <address>`; the name may have commas and colons.

    >>> parts("Acme, Inc.: Billing <billing@acme.example>")
    ('Acme, Inc.: Billing', 'billing@acme.example')
    """
    found = _MAILBOX.match(mailbox)
    if not found:
        return "", mailbox.strip()
    name, address = found["name"].strip(), found["address"].strip()
    if quoted := _QUOTED.match(name):
        return _ESCAPED.sub(r"\1", quoted[1]), address
    return str(make_header(decode_header(name))) if "=?" in name else name, address


def written(name: str, address: str) -> str:
    """Return a mailbox for a header, its name in encoded words of 75 letters (RFC 2047) at most."""
    if not name or name.isascii():
        return formataddr((name, address))
    words = Header(name, "utf-8", maxlinelen=_LONGEST_WORD).encode().split()
    return f"{' '.join(words)} <{address}>"


def _mailbox(text: str) -> str:
    """Normalise an address or `Name <address>`, with the name encoded for a header."""
    name, address = parts(in_headers(text))
    return written(in_headers(name), _address(address))


type EmailAddress = Annotated[str, AfterValidator(_address)]
type Mailbox = Annotated[str, Field(max_length=400), AfterValidator(_mailbox)]


class Address(Strict):
    email: EmailAddress


def bare(mailbox: str) -> str:
    """Return the address of a mailbox without its name."""
    return parts(mailbox)[1]


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


def one_line(text: str) -> str:
    """Return the text as one line: line ends and tabs are a space, other controls are left out."""
    return _NOT_IN_HEADERS.sub("", _FOLDED.sub(" ", text)).strip()


def subject(message: Message) -> str:
    """Return the subject, by default the event's name."""
    return cutting.cut(one_line(message.subject) or message.event, _LONGEST_SUBJECT)
