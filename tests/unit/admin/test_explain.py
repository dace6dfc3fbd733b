"""Why did Ana not get it? One read tells each decision, and the setting that made it."""

import json

import pytest

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.skips import SENTENCES, SETTINGS, SkipReason
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.triggers import TopicRecipient
from carillon.domain.tenancy.access import Scope
from tests import builders as a
from tests import gateway
from tests.skipping import ANA, CASES, change, happen, simulation
from tests.unit.admin.conftest import Api

# Whom the cases are about, where it is not Ana.
OTHERS = {SkipReason.NO_ADDRESS: "ben", SkipReason.UNKNOWN_SUBSCRIBER: "ghost"}
# What concerns no subscriber, or a subscription or a topic that reaches nobody.
NOT_HERS = {
    SkipReason.FILTERED,
    SkipReason.FILTER_FAILED,
    SkipReason.UNKNOWN_TOPIC,
    SkipReason.EMPTY_TOPIC,
}


def explained(sim, subscriber="ana"):
    with gateway.using(sim.ports):
        api = Api(gateway.issue_key(sim.fakes, a.TENANT, *Scope))
        return api.ok("GET", "/invocations/t1/explain", subscriber=subscriber)


@pytest.mark.parametrize("reason", [one for one in CASES if one not in NOT_HERS])
def test_each_reason_is_told_with_the_setting_that_decided_it(reason):
    sim = simulation()
    CASES[reason](sim)

    told = explained(sim, OTHERS.get(reason, "ana"))

    [decision] = [one for one in told["decisions"] if one["decision"] == reason]
    assert SETTINGS[reason] in decision["by"]
    assert decision["explanation"].startswith(SENTENCES[reason])
    assert [one["stage"] for one in told["decisions"]][:2] == ["accepted", "fan_out"]
    assert told["status"] in {"completed", "sent"}


@pytest.mark.parametrize("reason", NOT_HERS)
def test_who_is_no_recipient_is_told_so(reason):
    sim = simulation()
    CASES[reason](sim)

    told = explained(sim, "zoe")

    assert "no recipient" in [one["decision"] for one in told["decisions"]]
    assert told["deliveries"] == []


def test_which_integration_passed_an_address_by_is_told_beside_the_one_that_sent():
    sim = simulation()
    for provider in ("slack", "discord"):
        active = provider == "discord"
        chat = a.integration(provider, Channel.CHAT, active=active, version=2)
        sim.fakes.integrations.put(a.TENANT, chat)
    sim.fakes.templates.put(a.TENANT, a.template(medium=Channel.CHAT))
    change(sim, media={Channel.CHAT: True})
    url = "https://discord.com/api/webhooks/1/x"
    channels = (
        ChannelAddress("slack", integration="slack", channel="C1"),
        ChannelAddress("discord", integration="discord", webhook_url=url),
    )
    sim.fakes.subscribers.save(a.TENANT, [a.subscriber("ana", channels=channels, version=2)])
    happen(sim, a.person("ana"))

    told = explained(sim)["decisions"]

    [passed_by] = [one for one in told if one["decision"] == SkipReason.INTEGRATION_INACTIVE]
    assert passed_by["by"].startswith("chat by integration int_slack: ")
    assert [one["by"] for one in told if one["stage"] == "delivery"] == [
        "chat: integration int_discord"
    ]


def test_what_was_sent_is_told_with_its_whole_address_and_the_providers_answer():
    sim = simulation()
    happen(sim, ANA, TopicRecipient(topic="team"))

    told = explained(sim)

    ways = [one["by"] for one in told["decisions"] if one["decision"] == "recipient"]
    assert ways == [
        "the event's recipients",
        "topic team, of which the subscriber is a member today",
    ]
    [delivery] = told["deliveries"]
    assert delivery["address"] == {"email": "ana@example.com"}
    assert json.loads(delivery["answer"]) == {"MessageId": "m"}
    assert delivery["latency"] >= 0
    assert told["decisions"][-1]["decision"] == "sent"


def test_what_failed_is_told_in_the_targets_words_and_ours():
    sim = simulation()
    refusal = json.dumps({"code": "MessageRejected", "message": "Email address is not verified"})
    sim._outside = lambda *_: Response(status=400, body=refusal.encode())
    happen(sim)

    told = explained(sim)

    [delivery] = told["deliveries"]
    assert delivery["status"] in {"failed", "exhausted"}
    assert "not verified" in delivery["answer"]
    assert delivery["http_status"] == 400
    assert delivery["explanation"]
    last = told["decisions"][-1]
    assert (last["stage"], last["decision"]) == ("delivery", delivery["status"])
    assert delivery["explanation"] in last["explanation"]


def test_lists_mask_the_address():
    sim = simulation()
    happen(sim)
    with gateway.using(sim.ports):
        api = Api(gateway.issue_key(sim.fakes, a.TENANT, *Scope))
        [listed] = api.ok("GET", "/invocations/t1/deliveries")["items"]

    assert listed["address"] == {"email": "a***@example.com"}


def test_an_unknown_invocation_and_a_missing_subscriber_are_refused():
    sim = simulation()
    happen(sim)
    with gateway.using(sim.ports):
        api = Api(gateway.issue_key(sim.fakes, a.TENANT, *Scope))

        assert api("GET", "/invocations/never/explain", subscriber="ana").status == 404
        assert api("GET", "/invocations/t1/explain").status == 422
        stranger = Api(gateway.issue_key(sim.fakes, "globex", *Scope))
        assert stranger("GET", "/invocations/t1/explain", subscriber="ana").status == 404
