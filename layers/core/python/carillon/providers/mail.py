"""What SES and SMTP have in common: whose mail it is, to whom, and about what."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from email.utils import formataddr, parseaddr
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from carillon.domain.base.errors import Invalid, Problem
from carillon.domain.catalogue.templates import NO_COPIES, Message
from carillon.providers.settings import Strict, ascii_host, parsed

MOST_RECIPIENTS = 50  # of one mail: what SES takes
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
_LONGEST_SUBJECT = 998  # RFC 5322, 2.1.1
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_DOMAIN = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\Z"
)
# Anything that ends a line for some reader of a header, and what hides in one.
_NOT_IN_HEADERS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    domain = ascii_host(domain)
    if not (_LOCAL.match(local) and _DOMAIN.match(domain)):
        raise ValueError("is not an email address")
    if len(local) + len(domain) >= _LONGEST_ADDRESS:
        raise ValueError("is too long for an email address")
    return f"{local}@{domain}"


def _mailbox(text: str) -> str:
    """An address, alone or as `Name <address>`, with the name encoded as headers want it."""
    if _NOT_IN_HEADERS.search(text):
        raise ValueError("must not hold line ends or control characters")
    name, address = parseaddr(text)
    return formataddr((name, _address(address)))


type EmailAddress = Annotated[str, AfterValidator(_address)]
type Mailbox = Annotated[str, Field(max_length=400), AfterValidator(_mailbox)]


class Address(Strict):
    email: EmailAddress


def bare(mailbox: str) -> str:
    """The address of a mailbox, without the name."""
    return parseaddr(mailbox)[1]


class Copied(Strict):
    to: tuple[EmailAddress, ...]
    cc: tuple[EmailAddress, ...]
    bcc: tuple[EmailAddress, ...]


class Envelope(NamedTuple):
    """Everybody a mail goes to, each once: where it was said first."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]

    @property
    def everybody(self) -> tuple[str, ...]:
        return self.to + self.cc + self.bcc


def envelope(message: Message, recipient: str) -> Envelope:
    """The recipient, and whom else the message names; Invalid for too many or no addresses."""
    if message.copies == NO_COPIES:
        return Envelope((recipient,), (), ())
    named = parsed(Copied, asdict(message.copies), "copies")
    seen: set[str] = set()
    to, cc, bcc = (
        _unseen(addresses, seen) for addresses in ((recipient, *named.to), named.cc, named.bcc)
    )
    if len(seen) > MOST_RECIPIENTS:
        raise Invalid(Problem("copies", f"make more than {MOST_RECIPIENTS} recipients"))
    return Envelope(to, cc, bcc)


def _unseen(addresses: Iterable[str], seen: set[str]) -> tuple[str, ...]:
    """Those that are new, which are seen then; mailboxes differ by more than case."""
    found = []
    for address in addresses:
        if address.lower() not in seen:
            seen.add(address.lower())
            found.append(address)
    return tuple(found)


def subject(message: Message) -> str:
    """The subject, or the event's name for want of one; Invalid if it could add a header."""
    text = message.subject or message.event
    if _NOT_IN_HEADERS.search(text):
        raise Invalid(Problem("subject", "must not hold line ends or control characters"))
    return text[:_LONGEST_SUBJECT]
