"""Email by SMTP, through the tenant's server.

https://www.rfc-editor.org/rfc/rfc5321 (replies), https://www.rfc-editor.org/rfc/rfc3463 (codes)
"""

import re
from collections.abc import Mapping
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.network import NOT_PUBLIC, names_public_host
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import File, Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import SmtpRequest
from carillon.providers import mail, responses, smtp_replies, verdicts
from carillon.providers.mail_overrides import Mail, MailOverrides, composed
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict
from carillon.providers.verdicts import Verdict

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\Z")
_TLS_PORT = 465
_SEVEN_BITS = SMTP.clone(cte_type="7bit")  # not every server accepts 8bit
_QUEUED = re.compile(r"(?i)\b(?:queued as|queue[- ]id:?|id=)\s*<?([\w.@=+-]{2,120})")
_REFUSED_LOGIN = frozenset({530, 534, 535, 538})


def _host(host: str) -> str:
    if not _HOST.match(host):
        raise ValueError("must be a host name")
    if not names_public_host(host):
        raise ValueError(NOT_PUBLIC)
    return host


class Settings(Strict):
    """TLS is required: implicit on port 465, STARTTLS elsewhere, unless `security` is set."""

    host: Annotated[str, AfterValidator(_host)]
    port: Literal[465, 587, 2525] = 587
    security: Literal["tls", "starttls"] | None = None
    username: Annotated[str, Field(max_length=320)] = ""
    password: Secret | None = None
    sender: mail.Mailbox = Field(alias="from")
    reply_to: mail.Mailbox | None = None


def build(message: Message, address: mail.Address, settings: Settings) -> SmtpRequest:
    sent = composed(message, address, settings)
    try:
        content = _mailboxes(sent) + _mail(message, sent).as_bytes()
    except (ValueError, LookupError, MessageError) as error:
        raise Invalid(FieldProblem(FieldName.MESSAGE, "cannot be written as an email")) from error
    return SmtpRequest(
        host=settings.host,
        port=settings.port,
        security=settings.security or ("tls" if settings.port == _TLS_PORT else "starttls"),
        sender=mail.bare(sent.sender),
        recipient=sent.envelope.to[0],
        copies=sent.envelope.recipients[1:],
        message=content,
        username=settings.username,
        password=settings.password or "",
    )


def _mailboxes(sent: Mail) -> bytes:
    """Write the headers whose names are encoded already.

    Python 3.13.0 takes encoded names apart and loses their quotes, so that a comma in one makes two
    addresses (https://github.com/python/cpython/issues/121284).
    """
    lines = [f"From: {_folded(sent.sender)}"]
    if sent.reply_to:
        lines.append("Reply-To: " + ",\r\n ".join(map(_folded, sent.reply_to)))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _folded(mailbox: str) -> str:
    """Put each encoded word on a line of its own."""
    return mailbox.replace("?= ", "?=\r\n ")


def _mail(message: Message, sent: Mail) -> EmailMessage:
    """Compose the message; its Message-ID is the delivery's, so that readers can drop a retry."""
    email = EmailMessage(policy=_SEVEN_BITS)
    email["To"] = ", ".join(sent.envelope.to)
    if sent.envelope.cc:
        email["Cc"] = ", ".join(sent.envelope.cc)
    email["Subject"] = sent.subject
    email["Date"] = format_datetime(message.attempted_at)
    email["Message-ID"] = f"<{message.id}@{mail.bare(sent.sender).rpartition('@')[2]}>"
    for name, value in sent.headers.items():
        email[name] = value
    if sent.text or not sent.html:
        email.set_content(sent.text)
    if sent.html and sent.text:
        email.add_alternative(sent.html, subtype="html")
        email.set_boundary(f"=_{message.id}")
    elif sent.html:
        email.set_content(sent.html, subtype="html")
    for file in sent.files:
        _attach(email, file)
    if sent.files:
        email.set_boundary(f"=_{message.id}_files")
    return email


def _attach(email: EmailMessage, file: File) -> None:
    main, _, sub = file.mime.partition("/")
    email.add_attachment(
        file.content,
        main,
        sub,
        filename=file.name,
        disposition="inline" if file.inline else "attachment",
        cid=f"<{file.content_id}>" if file.content_id else None,
    )


def sends_as(settings: Settings, sender: str) -> bool:
    """Whether the sender is of the integration's own domain; the tenant's server knows the rest."""
    own = mail.bare(settings.sender).rpartition("@")[2]
    return own.lower() == sender.rpartition("@")[2].lower()


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    """Classify a reply by its code, the command it answers, its enhanced code and its words."""
    command = headers.get("smtp-command", "").lower()
    text = body[:1_000].decode(errors="replace")
    code = smtp_replies.enhanced(text) or f"smtp_{status}"
    verdict = _verdict(status, command, code, text)
    if verdict.outcome is Outcome.SENT:
        queued = _QUEUED.search(text)
        return responses.result(verdict, status, {}, message_id=queued[1] if queued else "")
    return responses.result(verdict, status, {}, code=code)


def _verdict(status: int, command: str, code: str, text: str) -> Verdict:
    match status // 100:
        case 2:
            return verdicts.SENT if command == "data" else verdicts.UNSURE
        case 5 if status in _REFUSED_LOGIN:
            return verdicts.CREDENTIAL
        case 5 if command == "rcpt":
            return smtp_replies.refused_recipient(code, text)
        case 5:
            return smtp_replies.refused_otherwise(code, text, is_data=command == "data")
        case _ if command == "rcpt":
            return smtp_replies.put_off(code)
        case _:
            return verdicts.RETRY


PROVIDER = Provider(
    id="smtp",
    channel=Channel.EMAIL,
    settings=Settings,
    address=mail.Address,
    builder=build,
    classify=classify,
    visible=frozenset({"from", "host", "port", "security", "reply_to", "username"}),
    credentials={"host": frozenset({"password"})},
    subscriber_field="email",
    overrides=MailOverrides,
    sends_as=sends_as,
)
