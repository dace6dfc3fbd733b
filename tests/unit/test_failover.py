"""Where an integration cannot send, the next in the tenant's order does, on record."""

from datetime import timedelta

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import Outcome, Result, Status
from carillon.domain.delivery.transport import NoAnswer, Response, SesRequest, SmtpRequest
from tests import builders as a
from tests import fakes
from tests.simulation import NoFaults, Simulation

SENT_BY_SES = Response(status=200, body=b'{"MessageId":"m1"}')
TAKEN = Response(status=250, headers={"smtp-command": "data"}, body=b"2.0.0 Ok")
SMTP = {"host": "mail.acme.example", "port": 587, "from": "hello@acme.example"}
REFUSED = Response(status=403, body=b'{"code":"AccessDeniedException"}')
NOT_NOW = Response(status=503)
UNSURE = NoAnswer(Result(outcome=Outcome.UNSURE, code="no_answer"))
UNKNOWN = Response(status=550, headers={"smtp-command": "rcpt"}, body=b"5.1.1 User unknown")


def ordered(**overrides):
    """Mail goes by SES first, then by two mail servers in their order."""
    ports = a.world(**overrides)
    ports.integrations.put(a.TENANT, a.integration("ses", primary=True))
    for place, name in enumerate(("second", "third"), 1):
        settings = {**SMTP, "host": f"{name}.acme.example"}
        ports.integrations.put(
            a.TENANT,
            a.integration(
                "smtp", id=f"int_{name}", identifier=name, settings=settings, fallback=place
            ),
        )
    ports.integrations.put(
        a.TENANT, a.integration("smtp", id="int_never", identifier="never", settings=SMTP)
    )
    return ports


def sending(ses, *, second=TAKEN, third=TAKEN):
    """A simulation whose services answer so; an answer may be a function of the time."""

    def outside(request, now):
        match request:
            case SesRequest():
                answer = ses
            case SmtpRequest(host="second.acme.example"):
                answer = second
            case SmtpRequest(host="third.acme.example"):
                answer = third
            case _:
                raise AssertionError("nobody ordered this one")
        return answer(now) if callable(answer) else answer

    return Simulation(outside=outside, world=ordered)


def mail(sim):
    sim.trigger(a.trigger("welcome", transaction_id="e1"))
    sim.run()
    [one] = [each for each in sim.records().values() if each.channel is Channel.EMAIL]
    return one


class ForgetfulOnce(NoFaults):
    """The tenant cannot be read in one turn, as soon as SES has been asked so often."""

    def __init__(self, sim, *, times):
        self._sim, self._times = sim, times
        self._is_sending, self.refused = False, 0

    def before(self, call):
        if call in {"chunks.record", "waiting.record"} and self.refused:
            self._times = -1
        if call == "templates.for_event":  # the last that is read before anything is sent
            self._is_sending = True
        if call == "tenants.get" and self._is_sending and len(self._sim.sent) == self._times:
            self.refused += 1
            raise Unavailable("DynamoDB is not available")

    def begin(self, process):
        self._is_sending = False


def asked(record):
    return [each.integration for each in record.history]


def test_a_refused_credential_is_passed_over_at_once_and_on_record():
    one = mail(sending(REFUSED))

    assert (one.status, one.integration, one.provider) == (Status.SENT, "int_second", "smtp")
    assert [(each.integration, each.outcome) for each in one.history] == [
        ("int_ses", Outcome.CONFIG),
        ("int_second", Outcome.SENT),
    ]
    assert one.at - fakes.START < timedelta(seconds=5)


def test_the_order_is_the_tenants():
    relay = Response(status=550, headers={"smtp-command": "rcpt"}, body=b"relay not permitted")

    one = mail(sending(REFUSED, second=relay))

    assert asked(one) == ["int_ses", "int_second", "int_third"]
    assert one.status is Status.SENT


def test_behind_an_open_circuit_the_next_sends():
    sim = sending(REFUSED)
    mail(sim)

    sim.trigger(a.trigger("welcome", transaction_id="e2"))
    sim.run()

    [one] = [each for each in sim.by_invocation()["e2"] if each.channel is Channel.EMAIL]
    assert (one.status, asked(one)) == (Status.SENT, ["int_second"])


def test_an_exhausted_delivery_goes_to_the_next():
    one = mail(sending(NOT_NOW))

    assert (one.status, one.integration) == (Status.SENT, "int_second")
    assert asked(one) == ["int_ses"] * 12 + ["int_second"]


def test_what_has_given_up_is_not_over_while_a_store_of_ours_keeps_it_from_the_next():
    sim = sending(NOT_NOW)
    sim.faults = ForgetfulOnce(sim, times=12)

    one = mail(sim)

    assert (one.status, one.integration) == (Status.SENT, "int_second")
    assert sim.faults.refused
    assert asked(one) == ["int_ses"] * 13 + ["int_second"]


def test_a_store_of_ours_that_fails_sends_no_message_by_another_integration():
    sim = sending(SENT_BY_SES)
    sim.faults = ForgetfulOnce(sim, times=0)

    one = mail(sim)

    assert sim.faults.refused
    assert (one.status, asked(one)) == (Status.SENT, ["int_ses"])


def test_a_refused_delivery_keeps_its_schedule_while_a_store_of_ours_fails():
    sim = sending(REFUSED)
    sim.faults = ForgetfulOnce(sim, times=1)

    one = mail(sim)

    assert sim.faults.refused
    assert (one.status, asked(one)) == (Status.SENT, ["int_ses", "int_second"])
    assert one.history[0].outcome is Outcome.CONFIG


def test_what_may_have_been_sent_goes_to_nobody_else():
    one = mail(sending(UNSURE))

    assert one.status is Status.EXHAUSTED
    assert set(asked(one)) == {"int_ses"}


def test_a_refusal_after_a_lost_answer_goes_to_nobody_else_either():
    answers = iter([UNSURE, *[REFUSED] * 100])

    one = mail(sending(lambda _: next(answers)))

    assert one.status is not Status.SENT
    assert set(asked(one)) == {"int_ses"}


@pytest.mark.parametrize("second", [UNKNOWN])
def test_a_death_and_a_bad_message_go_to_nobody_else(second):
    one = mail(sending(REFUSED, second=second))

    assert (one.status, one.outcome) == (Status.FAILED, Outcome.DEAD)
    assert asked(one) == ["int_ses", "int_second"]


def test_where_all_refuse_it_waits_and_begins_anew_with_the_first():
    def mended(now):
        return SENT_BY_SES if now > fakes.START + timedelta(hours=2) else REFUSED

    login = Response(status=535, headers={"smtp-command": "auth"}, body=b"5.7.8 no")
    one = mail(sending(mended, second=login, third=login))

    assert (one.status, one.integration) == (Status.SENT, "int_ses")
    assert asked(one)[:3] == ["int_ses", "int_second", "int_third"]


def test_without_an_order_there_is_no_next():
    def world(**overrides):
        ports = ordered(**overrides)
        for id in ("int_second", "int_third"):
            ports.integrations.remove(a.TENANT, id)
        return ports

    sim = Simulation(outside=lambda *_: REFUSED, world=world)

    one = mail(sim)

    assert one.status is Status.EXHAUSTED
    assert set(asked(one)) == {"int_ses"}
