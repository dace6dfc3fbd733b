"""SMTP: sends one mail over a guarded connection; the answer is the reply that decided it."""

import re
import smtplib
import socket
import ssl
from contextlib import closing, suppress

from carillon.adapters.egress.guard import Blocked, Guard, Unreachable
from carillon.domain.delivery.deliveries import Concern, Outcome, Result
from carillon.domain.delivery.transport import NoAnswer, Response, SmtpRequest

_PORTS = frozenset({465, 587, 2525})
_YES = frozenset({250, 251, 354})
_LOWEST = 200  # a final reply; below, more is to come
_MOST_TEXT = 64 * 1024
_LEADING_DOT = re.compile(rb"(?m)^\.")


_NOT_ASCII = Result(
    outcome=Outcome.CONFIG,
    code="login_not_ascii",
    detail="the user name and password must be of ASCII characters alone",
    concerns=Concern.INTEGRATION,
)


class _Lost(Exception):
    """The mail was sent and no reply came."""


class _Client(smtplib.SMTP):
    """Connects by the guard, with TLS from the start when the request says so."""

    def __init__(self, request: SmtpRequest, guard: Guard, context: ssl.SSLContext) -> None:
        self._guard = guard
        self._tls = context if request.security == "tls" else None
        # Without it smtplib would look up the name of this machine.
        domain = request.sender.rpartition("@")[2]
        super().__init__(request.host, request.port, local_hostname=domain)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002  # the budget bounds the time
        connection = self._guard.connect(host, port)
        return self._tls.wrap_socket(connection, server_hostname=host) if self._tls else connection


def send(request: SmtpRequest, *, guard: Guard, context: ssl.SSLContext) -> Response:
    """Send one mail; raise Blocked or Unreachable before it was sent, TimeoutError after.

    Raise NoAnswer for a login that cannot be written.
    """
    if request.port not in _PORTS and not guard.allows(request.host, request.port):
        raise Blocked
    try:
        with closing(_Client(request, guard, context)) as client:
            refusal = _introduce(client, request, context) or _envelope(client, request)
            return refusal or _content(client, request.message)
    except smtplib.SMTPResponseException as error:
        return _response("connect", error.smtp_code, error.smtp_error)
    except _Lost:
        raise TimeoutError from None
    except (smtplib.SMTPException, OSError) as error:
        code = "tls_failed" if isinstance(error, ssl.SSLError) else "connect_failed"
        raise Unreachable(code) from error


def _introduce(client: _Client, request: SmtpRequest, context: ssl.SSLContext) -> Response | None:
    """Greet, start TLS, log in; return the reply if the server refuses."""
    client.ehlo_or_helo_if_needed()
    if request.security == "starttls":
        if not client.has_extn("starttls"):
            raise Unreachable("starttls_not_offered", Outcome.CONFIG)
        client.starttls(context=context)
        client.ehlo()
    if not request.username:
        return None
    if not client.has_extn("auth"):
        raise Unreachable("login_not_offered", Outcome.CONFIG)
    try:
        client.login(request.username, request.password)
    except smtplib.SMTPAuthenticationError as error:
        return _response("auth", error.smtp_code, error.smtp_error)
    except smtplib.SMTPServerDisconnected:
        raise
    except UnicodeError:  # of smtplib, which speaks ASCII only here
        raise NoAnswer(_NOT_ASCII) from None
    except smtplib.SMTPException:  # no login method in common
        raise Unreachable("login_not_offered", Outcome.CONFIG) from None
    return None


def _envelope(client: _Client, request: SmtpRequest) -> Response | None:
    """Name the sender and the recipients; return the reply if the server refuses one."""
    commands = [
        ("mail", f"from:<{request.sender}>"),
        ("rcpt", f"to:<{request.recipient}>"),
        *(("rcpt", f"to:<{copy}>") for copy in request.copies),
        ("data", ""),
    ]
    for place, (command, rest) in enumerate(commands):
        code, text = client.docmd(command, rest)
        is_copy = command == "rcpt" and place > 1
        if code not in _YES and not is_copy:
            return _response(command, code, text)
    return None


def _content(client: _Client, message: bytes) -> Response:
    """Send the mail itself. It may arrive even if this fails."""
    try:
        client.send(_LEADING_DOT.sub(b"..", message) + b".\r\n")
        code, text = client.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise _Lost from error
    if code < _LOWEST:
        raise _Lost
    with suppress(smtplib.SMTPException, OSError):
        client.putcmd("quit")  # its reply does not matter
    return _response("data", code, text)


def _response(command: str, code: int, text: bytes | str) -> Response:
    body = text if isinstance(text, bytes) else text.encode(errors="replace")
    return Response(status=code, headers={"smtp-command": command}, body=body[:_MOST_TEXT])
