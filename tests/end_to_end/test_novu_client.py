"""Novu's own Python client, unmodified, does its job here: only its URL and key are ours."""

import uuid
from collections import Counter

import pytest
from novu_py import Novu, models
from standardwebhooks import Webhook

from tests import canaries

# The client would retry what it may for an hour; no test here needs it to.
NO_PATIENCE = {"retries": None, "timeout_ms": 20_000}


@pytest.fixture(scope="module")
def novu(stack):
    with Novu(secret_key=stack.api_key, server_url=stack.base_url) as client:
        yield client


@pytest.fixture
def run():
    """A word that only this test's messages contain."""
    return f"run-{uuid.uuid4().hex[:12]}"


def person(stack, id):
    """A subscriber named inline, with a mailbox and a Slack webhook."""
    slack = models.SubscriberChannelDto(
        provider_id=models.ChatOrPushProviderEnum.SLACK,
        credentials=models.ChannelCredentialsDto(
            webhook_url=f"{stack.outbox_url}/slack/T0/{canaries.MARK}/{id}"
        ),
    )
    return models.SubscriberPayloadDto(
        subscriber_id=id, email=f"{id}.{canaries.EMAIL}", first_name=id, channels=[slack]
    )


def shipped(stack, order, **fields):
    """An event that reaches its recipient by email and Slack, and the demo's webhook."""
    return models.TriggerEventRequestDto(
        workflow_id="order-shipped",
        to=fields.pop("to", None) or person(stack, order),
        payload={"order": order, "carrier": canaries.TEXT},
        **fields,
    )


def bulk(novu, events):
    request = models.BulkTriggerEventDto(events=events)
    return novu.trigger_bulk(bulk_trigger_event_dto=request, **NO_PATIENCE).result


def test_one_event_reaches_its_recipient_everywhere(novu, stack, run):
    answer = novu.trigger(trigger_event_request_dto=shipped(stack, run), **NO_PATIENCE).result

    assert answer.acknowledged
    assert answer.status == "processed"
    assert answer.transaction_id
    landed = stack.wait_for(3, contains=run)
    assert Counter(message["provider"] for message in landed) == dict.fromkeys(
        ("email", "slack", "webhook"), 1
    )


def test_overrides_and_attachments_reach_the_mail(novu, stack, run):
    event = shipped(stack, run)
    file = {"name": "invoice.txt", "mime": "text/plain", "file": "aW52b2ljZQ=="}
    event.payload = {**event.payload, "attachments": [file]}
    event.overrides = models.Overrides(
        email={"senderName": "Acme", "replyTo": "help@acme.example", "cc": ["cc@acme.example"]},
        providers={"ses": {"headers": {"X-Run": run}}},
    )

    novu.trigger(trigger_event_request_dto=event, **NO_PATIENCE)

    [mail] = stack.wait_for(1, provider="email", contains=run)
    headers = mail["headers"]
    assert headers["from"].startswith("Acme <")
    assert (headers["reply-to"], headers["cc"]) == ("help@acme.example", "cc@acme.example")
    assert headers["x-run"] == run
    assert headers["attachments"].startswith("invoice.txt (text/plain, 7 bytes")


def test_overrides_that_cannot_be_applied_are_told_by_name(novu, stack, run):
    event = shipped(stack, run)
    event.overrides = models.Overrides(email={"from": "ceo@other.example"})

    with pytest.raises(models.ValidationErrorDto) as refused:
        novu.trigger(trigger_event_request_dto=event, **NO_PATIENCE)

    assert list(refused.value.data.errors) == ["overrides.email.from"]


def test_a_hundred_events_land_exactly_once_each(novu, stack, run):
    orders = [f"{run}-{number:03}" for number in range(100)]

    answers = bulk(novu, [shipped(stack, order, transaction_id=order) for order in orders])

    assert [answer.transaction_id for answer in answers] == orders
    assert {answer.status for answer in answers} == {"processed"}
    for provider in ("email", "slack", "webhook"):
        landed = stack.wait_for(100, provider=provider, contains=run)
        texts = [message["body"] for message in landed]
        assert all(sum(order in text for text in texts) == 1 for order in orders), provider


def test_webhooks_verify_with_the_standard_library(novu, stack, run):
    novu.trigger(trigger_event_request_dto=shipped(stack, run), **NO_PATIENCE)

    [webhook] = stack.wait_for(1, provider="webhook", contains=run)
    event = Webhook(stack.webhook_secret).verify(webhook["body"], webhook["headers"])
    assert event["type"] == "order-shipped"
    assert event["data"] == {"order": run, "carrier": canaries.TEXT}


def test_a_repeated_transaction_is_accepted_and_happens_once(novu, stack, run):
    events = [shipped(stack, run, transaction_id=run)]

    first, second = bulk(novu, events), bulk(novu, events)

    assert first[0].status == second[0].status == "processed"
    stack.wait_for(1, provider="webhook", contains=run)
    # What comes after it has gone the same way, so a second copy would have landed by now.
    marker = f"{run}-after"
    bulk(novu, [shipped(stack, marker)])
    stack.wait_for(1, provider="webhook", contains=marker)
    assert len(stack.messages(provider="webhook", contains=f'"{run}"')) == 1


def test_one_unknown_workflow_does_not_sink_the_others(novu, stack, run):
    unknown = models.TriggerEventRequestDto(workflow_id="no-such", to="ana")

    answers = bulk(novu, [shipped(stack, f"{run}-1"), unknown, shipped(stack, f"{run}-2")])

    assert [answer.status for answer in answers] == ["processed", "error", "processed"]
    assert answers[1].error == ["workflow_not_found"]
    stack.wait_for(2, provider="webhook", contains=run)


def test_an_unknown_workflow_alone_is_a_typed_error(novu):
    unknown = models.TriggerEventRequestDto(workflow_id="no-such", to="ana")

    with pytest.raises(models.ValidationErrorDto) as refused:
        novu.trigger(trigger_event_request_dto=unknown, **NO_PATIENCE)

    assert refused.value.data.message == "workflow_not_found"


@pytest.mark.parametrize("count", [0, 101])
def test_too_few_and_too_many_events_are_typed_errors(novu, count):
    event = models.TriggerEventRequestDto(workflow_id="welcome", to="ana")

    with pytest.raises(models.ValidationErrorDto) as refused:
        bulk(novu, [event] * count)

    assert refused.value.data.status_code == 422
    assert list(refused.value.data.errors) == ["events"]


def test_a_payload_against_the_schema_is_a_typed_error(novu):
    event = models.TriggerEventRequestDto(
        workflow_id="order-shipped", to="ana", payload={"order": 7, "carrier": canaries.TEXT}
    )

    with pytest.raises(models.PayloadValidationExceptionDto) as refused:
        novu.trigger(trigger_event_request_dto=event, **NO_PATIENCE)

    assert [error.field for error in refused.value.data.errors] == ["order"]


def test_a_bad_key_is_a_typed_error(stack):
    event = models.TriggerEventRequestDto(workflow_id="welcome", to="ana")

    with (
        Novu(secret_key=canaries.PASSWORD, server_url=stack.base_url) as stranger,
        pytest.raises(models.ErrorDto) as refused,
    ):
        stranger.trigger(trigger_event_request_dto=event, **NO_PATIENCE)

    assert refused.value.data.status_code == 401


def test_every_form_of_recipient_is_served(novu, stack, run):
    topic = models.TopicPayloadDto(
        topic_key="engineering", type=models.TriggerRecipientsTypeEnum.TOPIC
    )
    event = models.TriggerEventRequestDto(
        workflow_id="order-shipped",
        to=["ana", person(stack, f"{run}-x"), topic],
        payload={"order": run},
        actor="chloe",
    )

    novu.trigger(trigger_event_request_dto=event, **NO_PATIENCE)

    # Ana by herself and in the topic is one person; whoever acts hears nothing of it in a topic.
    stack.wait_for(1, provider="webhook", contains=run)
    mails = stack.wait_for(3, provider="email", contains=run)
    assert len({mail["body"] for mail in mails}) == 3
