"""The outbox's mail server: accepts mail by SMTP over STARTTLS, and posts it to the outbox.

Any login is accepted. `nobody@…` is refused as an unknown mailbox.
"""

import asyncio
import os
import signal
import ssl
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from local.processes import LOOPBACK, end_with_parent, inherited_socket

HOST = "mail.outbox.example"
_PATIENCE = 20


def authority(folder: Path) -> Path:
    """Return the CA certificate's file; on the first start create it and the server's own."""
    vouching, own = folder / "authority.pem", folder / "smtp.pem"
    if not (vouching.exists() and own.exists()):
        ca = trustme.CA()
        ca.issue_cert(LOOPBACK).private_key_and_cert_chain_pem.write_to_path(own)
        ca.cert_pem.write_to_path(vouching)
        own.chmod(0o600)
    return vouching


class Mailboxes:
    def __init__(self, outbox_url: str) -> None:
        self._outbox = outbox_url

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        return await asyncio.to_thread(self._keep, envelope)

    def _keep(self, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        url = f"{self._outbox}/smtp/{quote(', '.join(envelope.rcpt_tos))}"
        headers = {"content-type": "message/rfc822", "mail-from": envelope.mail_from or ""}
        request = Request(url, content, headers)  # noqa: S310 - our own outbox
        try:
            with urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
                return f"250 2.0.0 Ok: queued as {answer.headers['x-outbox-id']}"
        except HTTPError as refused:
            return f"451 4.3.0 The outbox answers {refused.code}"


def _login(*_: object) -> AuthResult:
    return AuthResult(success=True)


async def _serve(outbox_url: str, folder: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "smtp.pem")
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)

    def speak() -> SMTP:
        return SMTP(
            Mailboxes(outbox_url),
            hostname=HOST,
            loop=loop,
            tls_context=tls,
            require_starttls=True,
            authenticator=_login,
        )

    server = await loop.create_server(speak, sock=inherited_socket())
    await stopped.wait()
    server.close()


def main() -> None:
    end_with_parent()
    asyncio.run(_serve(os.environ["OUTBOX_URL"], Path(os.environ["CARILLON_STATE"])))


if __name__ == "__main__":
    main()
