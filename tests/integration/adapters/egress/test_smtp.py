"""SMTP out, against a real server with STARTTLS or TLS, and against rude ones."""

import asyncio
import threading
import time
from contextlib import contextmanager

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import NoAnswer, SmtpRequest
from carillon.providers.registry import Providers
from tests import canaries
from tests.integration.adapters.egress.conftest import AT_LATEST, DEADLINE, PATIENCE

smtp = Providers().get("smtp")

HOST = "mail.example"
MAIL = b"Subject: Hi\r\nMessage-ID: <dlv_1@b.example>\r\n\r\nOne\r\n.two\r\n..three\r\n"


class Mailbox:
    """Keeps what arrives, and answers as it is told."""

    def __init__(self, **answers):
        self.answers = answers
        self.letters = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - theirs
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - theirs
        self.letters.append((session.ssl, envelope))
        return self.answers.get("data", "250 2.0.0 Ok: queued as 4F2A")


def login(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == canaries.PASSWORD.encode(), handled=False)


@contextmanager
def mail_server(mailbox, context, *, tls=False, starttls=True):
    """A server on a free port, which aiosmtpd's own controller cannot choose."""
    upgrade = context if starttls and not tls else None

    def speak():
        return SMTP(
            mailbox,
            hostname=HOST,
            loop=loop,
            tls_context=upgrade,
            require_starttls=upgrade is not None,
            authenticator=login,
            auth_require_tls=not tls,
        )

    async def stop():
        server.close()
        ending = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    started = loop.create_server(speak, "127.0.0.1", 0, ssl=context if tls else None)
    server = asyncio.run_coroutine_threadsafe(started, loop).result(5)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


@pytest.fixture
def send(way_out, trust):
    def send(port, deadline=PATIENCE, **fields):
        known = {
            "host": HOST,
            "security": "starttls",
            "sender": "a@b.example",
            "recipient": canaries.EMAIL,
            "message": MAIL,
        }
        place, home = f"{HOST}:{port}", ["127.0.0.1"]
        egress = way_out(place, resolve=lambda *_: home, context=trust, deadline=deadline)
        return egress.send(SmtpRequest(port=port, **(known | fields)))

    return send


def test_a_mail_arrives_by_starttls_as_it_was_written(send, server_tls):
    mailbox = Mailbox()
    with mail_server(mailbox, server_tls(HOST)) as port:
        response = send(port)

    [(secured, envelope)] = mailbox.letters
    assert secured is not None
    assert envelope.content == MAIL
    assert (envelope.mail_from, envelope.rcpt_tos) == ("a@b.example", [canaries.EMAIL])
    assert (response.status, response.headers) == (250, {"smtp-command": "data"})
    result = smtp.classify(response.status, response.headers, response.body)
    assert (result.outcome, result.message_id) == (Outcome.SENT, "4F2A")


def test_a_mail_arrives_by_tls_from_the_start(send, server_tls):
    mailbox = Mailbox()
    with mail_server(mailbox, server_tls(HOST), tls=True) as port:
        response = send(port, security="tls")

    assert response.status == 250
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize(
    ("password", "status"), [(canaries.PASSWORD, 250), (f"wrong {canaries.PASSWORD}", 535)]
)
def test_it_logs_in(send, server_tls, password, status):
    mailbox = Mailbox()
    with mail_server(mailbox, server_tls(HOST)) as port:
        response = send(port, username="ana", password=password)

    assert response.status == status
    assert len(mailbox.letters) == (status == 250)


@pytest.mark.parametrize(
    ("username", "password"), [("ana", "Pässwort€1"), ("änna", canaries.PASSWORD)]
)
def test_a_login_that_cannot_be_written_is_the_tenants_to_mend(
    send, server_tls, username, password
):
    mailbox = Mailbox()
    with mail_server(mailbox, server_tls(HOST)) as port, pytest.raises(NoAnswer) as raised:
        send(port, username=username, password=password)

    result = raised.value.result
    assert (result.outcome, result.code) == (Outcome.CONFIG, "login_not_ascii")
    assert "ASCII" in result.detail
    assert password not in result.detail
    assert mailbox.letters == []


@pytest.mark.parametrize(
    ("answers", "outcome", "command"),
    [
        ({"rcpt": "550 5.1.1 No such user"}, Outcome.DEAD, "rcpt"),
        ({"rcpt": "550 5.7.1 Relaying denied"}, Outcome.CONFIG, "rcpt"),
        ({"rcpt": "451 4.7.1 Greylisted"}, Outcome.RETRY, "rcpt"),
        ({"data": "554 5.6.0 Looks like spam"}, Outcome.BAD, "data"),
        ({"data": "452 4.3.1 Full"}, Outcome.RETRY, "data"),
    ],
)
def test_a_refusal_is_the_servers_answer(send, server_tls, answers, outcome, command):
    with mail_server(Mailbox(**answers), server_tls(HOST)) as port:
        response = send(port)

    assert response.headers["smtp-command"] == command
    assert smtp.classify(response.status, response.headers, response.body).outcome is outcome


def test_without_starttls_nothing_is_said(send):
    mailbox = Mailbox()
    with mail_server(mailbox, None, starttls=False) as port, pytest.raises(NoAnswer) as raised:
        send(port, username="ana", password=canaries.PASSWORD)

    result = raised.value.result
    assert (result.outcome, result.code) == (Outcome.CONFIG, "starttls_not_offered")
    assert mailbox.letters == []


def test_a_certificate_for_another_name_is_refused(send, server_tls):
    mailbox = Mailbox()
    tls = server_tls("other.example")
    with mail_server(mailbox, tls) as port, pytest.raises(NoAnswer) as raised:
        send(port)

    assert raised.value.result.code == "tls_failed"
    assert mailbox.letters == []


def test_a_connection_lost_after_the_mail_left_is_unsure(send, server_tls):
    class Slow(Mailbox):
        async def handle_DATA(self, server, session, envelope):  # noqa: N802 - theirs
            server.transport.abort()

    with mail_server(Slow(), server_tls(HOST)) as port, pytest.raises(NoAnswer) as raised:
        send(port)

    assert raised.value.result.outcome is Outcome.UNSURE


def test_a_server_that_only_greets_slowly_is_left_at_the_deadline(send):
    import socket  # noqa: PLC0415 - only this server is made by hand

    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()
        with pytest.raises(NoAnswer) as raised:
            send(listener.getsockname()[1], deadline=DEADLINE)

    assert raised.value.result.outcome is Outcome.RETRY
    assert time.monotonic() - began < AT_LATEST


class OneMailbox(Mailbox):
    """Takes mail for one address alone."""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - theirs
        if address != canaries.EMAIL:
            return "550 5.1.1 No such mailbox"
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.mark.parametrize(("kind", "reached"), [(Mailbox, 3), (OneMailbox, 1)])
def test_copies_arrive_where_they_are_taken(send, server_tls, kind, reached):
    mailbox = kind()
    with mail_server(mailbox, server_tls(HOST)) as port:
        response = send(port, copies=("c@d.example", "e@f.example"))

    [(_, envelope)] = mailbox.letters
    assert envelope.rcpt_tos == [canaries.EMAIL, "c@d.example", "e@f.example"][:reached]
    assert response.status == 250
