"""What fails for hours and is mended: everybody is reached afterwards, and once."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.transport import HttpRequest, Response, SmtpRequest
from carillon.domain.subscriptions.subscriptions import Target
from tests import builders as a
from tests import fakes
from tests.simulation import Simulation

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SMTP = {
    "host": "mail.acme.example",
    "port": 587,
    "from": "hello@acme.example",
    "username": "acme",
    "password": "secret",
}


def relayed_world(**overrides):
    ports = a.world(**overrides)
    ports.integrations.remove(a.TENANT, "int_ses")
    ports.integrations.put(a.TENANT, a.integration("smtp", settings=SMTP, primary=True))
    return ports


@pytest.mark.parametrize(
    "reply",
    [
        b"5.7.1 <ana@example.com>: Relay access denied",
        b"relay not permitted",
        b"sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        b"Sender verify failed",
        b"Rejected because 203.0.113.9 is in a black list",
        b"5.4.5 Daily user sending quota exceeded",
        b"mailbox unavailable",
        b"5.1.1 User unknown",  # to everybody: a server that has lost its directory
    ],
)
def test_a_relay_that_refuses_for_an_hour_and_is_mended_mails_everybody(reply):
    got = Counter()

    def outside(request, now):
        if not isinstance(request, SmtpRequest):
            return Response(status=200, body=b"ok")
        if now < fakes.START + HOUR:
            return Response(status=550, headers={"smtp-command": "rcpt"}, body=reply)
        got[re.search(rb"Message-ID:\s*<(.*?)>", request.message)[1]] += 1
        return Response(status=250, headers={"smtp-command": "data"}, body=b"2.0.0 Ok")

    sim = Simulation(outside=outside, world=relayed_world)
    for minute in range(0, 60, 6):
        people = [a.person(f"p{n}", email=f"p{n}@example.com") for n in range(10)]
        sim.trigger(
            *(a.trigger("welcome", one, transaction_id=f"{minute}-{one.id}") for one in people)
        )
        sim.run(6 * MINUTE)
    sim.run()

    mails = [one for one in sim.records().values() if one.channel is Channel.EMAIL]
    assert Counter(one.status for one in mails) == {Status.SENT: 100}
    assert (len(got), set(got.values())) == (100, {1})
    people = sim.fakes.subscribers.get_many(a.TENANT, [f"p{n}" for n in range(10)])
    assert not any(person.dead for person in people.values())
    again = sim.trigger(a.trigger("welcome", people_mail("p3"), transaction_id="again"))
    sim.run()
    assert again
    mails = [one for one in sim.by_invocation()["again"] if one.channel is Channel.EMAIL]
    assert [one.status for one in mails] == [Status.SENT]


def people_mail(id):
    return a.person(id, email=f"{id}@example.com")


def hooked_world(**overrides):
    ports = a.world(**overrides)
    ports.integrations.put(a.TENANT, a.webhook())
    ports.subscriptions.put(a.TENANT, a.subscription(Target.INTEGRATION, "int_webhook"))
    return ports


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 405, 409, 413, 422, 500, 503])
def test_a_consumer_that_refuses_for_three_hours_gets_all_events_and_each_once(status):
    got = Counter()

    def outside(request, now):
        if not isinstance(request, HttpRequest) or "webhook-id" not in request.headers:
            return Response(status=200, body=b"ok")
        if now < fakes.START + 3 * HOUR:
            return Response(status=status)
        got[request.headers["webhook-id"]] += 1
        return Response(status=200)

    sim = Simulation(outside=outside, world=hooked_world)
    for n in range(36):
        sim.trigger(a.trigger("welcome", transaction_id=f"e{n}"))
        sim.run(5 * MINUTE)
    sim.run()

    hooks = [one for one in sim.records().values() if one.channel is Channel.WEBHOOK]
    assert Counter(one.status for one in hooks) == {Status.SENT: 36}
    assert len(got) == 36
    assert set(got.values()) == {1}
