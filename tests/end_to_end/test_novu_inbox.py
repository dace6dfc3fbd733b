"""What became of an event, read back with Novu's own client: messages, activity, a feed."""

import time
import uuid

import pytest
from novu_py import Novu, models

from tests import canaries

# Its older methods are for older servers; people call them all the same.
pytestmark = pytest.mark.filterwarnings("ignore:.*DEPRECATED:DeprecationWarning")

# The client would retry what it may for an hour; no test here needs it to.
NO_PATIENCE = {"retries": None, "timeout_ms": 20_000}
CHANNELS = models.ChannelTypeEnum
TWILIO = {"account_sid": "AC" + "0" * 32, "auth_token": canaries.BOT_TOKEN, "from": "Carillon"}


@pytest.fixture(scope="module")
def tenant(stack):
    """A tenant whose `news` go out by mail, as a text and in the app; its key."""
    named = {"id": "inbox", "name": "inbox", "senders": ["*"]}
    made = stack.admin("POST", "/tenants", named, key=stack.operator_key)
    key = made["key"]["api_key"]

    def admin(method, path, body):
        return stack.admin(method, path, body, key=key)

    admin("POST", "/event-types", {"slug": "news", "name": "News"})
    for medium in ("email", "sms", "in_app"):
        words = {"medium": medium, "subject": "News", "body": "It is {{ what }}."}
        shown = {"in_app": {"url": "https://x.example/{{ what }}", "primary": "Look"}}
        admin("PUT", "/event-types/news/templates", words | (shown if medium == "in_app" else {}))
    sender = {"from": "Carillon <hello@carillon.example>"}
    admin("POST", "/integrations", {"provider": "ses", "settings": sender})
    admin("POST", "/integrations", {"provider": "twilio", "settings": TWILIO})
    return key


@pytest.fixture(scope="module")
def novu(stack, tenant):
    with Novu(secret_key=tenant, server_url=stack.base_url) as client:
        yield client


@pytest.fixture
def run():
    return f"run-{uuid.uuid4().hex[:12]}"


def trigger(novu, run, who, **payload):
    """Trigger `news` for somebody, and wait until all three messages have been attempted."""
    to = models.SubscriberPayloadDto(
        subscriber_id=who, email=f"{who}@example.com", phone="+49 170 1234567"
    )
    event = models.TriggerEventRequestDto(
        workflow_id="news", to=to, payload={"what": run} | payload, transaction_id=run
    )
    novu.trigger(trigger_event_request_dto=event, **NO_PATIENCE)
    deadline = time.monotonic() + 60
    while len(found := messages(novu, transaction_id=[run])) < 3:
        assert time.monotonic() < deadline, f"only {len(found)} of 3 were attempted"
        time.sleep(0.1)
    return {one.channel: one for one in found}


def messages(novu, **query):
    request = models.MessagesControllerGetMessagesRequest(**query)
    return novu.messages.retrieve(request=request, **NO_PATIENCE).result.data


def feed(novu, who, **query):
    request = models.SubscribersV1ControllerGetNotificationsFeedRequest(subscriber_id=who, **query)
    return novu.subscribers.notifications.feed(request=request, **NO_PATIENCE).result


def unseen(novu, who):
    counted = novu.subscribers.notifications.unseen_count(subscriber_id=who, **NO_PATIENCE)
    return counted.result.count


def test_an_event_is_read_back_by_channel_recipient_and_attempt(novu, run):
    found = trigger(novu, run, who := f"ana-{run}")

    activity = models.NotificationsControllerListNotificationsRequest(transaction_id=run)
    [event] = novu.notifications.list(request=activity, **NO_PATIENCE).result.data
    again = novu.notifications.retrieve(notification_id=event.id, **NO_PATIENCE).result

    assert found.keys() == {CHANNELS.EMAIL, CHANNELS.SMS, CHANNELS.IN_APP}
    assert {one.status for one in found.values()} == {"sent"}
    assert {one.notification_id for one in found.values()} == {event.id}
    assert found[CHANNELS.IN_APP].content == f"It is {run}."
    assert found[CHANNELS.IN_APP].cta.data.url == f"https://x.example/{run}"
    assert (event.subscriber.subscriber_id, event.transaction_id) == (who, run)
    assert {(job.type, job.provider_id, job.status) for job in event.jobs} == {
        ("email", "ses", "completed"),
        ("in_app", "novu", "completed"),
        ("sms", "twilio", "completed"),
    }
    assert {d.status for job in event.jobs for d in job.execution_details} == {"Success"}
    assert again == event
    [mine] = messages(novu, subscriber_id=who, channel=CHANNELS.SMS)
    assert mine.provider_id == "twilio"


def test_what_a_provider_refuses_is_an_error_with_its_code(novu, run):
    found = trigger(novu, run, f"bo-{run}", what=f"{run} fail/21614")

    request = models.NotificationsControllerListNotificationsRequest(
        subscriber_ids=[f"bo-{run}"], channels=[CHANNELS.SMS]
    )
    [event] = novu.notifications.list(request=request, **NO_PATIENCE).result.data

    text = found[CHANNELS.SMS]
    [job] = [job for job in event.jobs if job.type == "sms"]
    [detail] = job.execution_details
    assert (text.status, text.error_id) == ("error", "21614")
    assert found[CHANNELS.EMAIL].status == found[CHANNELS.IN_APP].status == "sent"
    assert (job.status, detail.status) == ("failed", "Failed")
    assert "21614" in detail.raw


def test_a_feed_is_read_counted_marked_and_emptied(novu, run):
    who = f"cy-{run}"
    trigger(novu, f"{run}-1", who)
    trigger(novu, f"{run}-2", who)

    newest, oldest = feed(novu, who).data
    before = unseen(novu, who)
    [read] = novu.subscribers.messages.mark_all_as(
        subscriber_id=who,
        message_mark_as_request_dto=models.MessageMarkAsRequestDto(
            message_id=newest.id, mark_as=models.MessageMarkAsRequestDtoMarkAs.READ
        ),
        **NO_PATIENCE,
    ).result
    after = unseen(novu, who)
    acted = novu.subscribers.messages.update_as_seen(
        request=models.SubscribersV1ControllerMarkActionAsSeenRequest(
            subscriber_id=who,
            message_id=oldest.id,
            type="primary",
            mark_message_action_as_seen_dto=models.MarkMessageActionAsSeenDto(
                status=models.MarkMessageActionAsSeenDtoStatus.DONE
            ),
        ),
        **NO_PATIENCE,
    ).result
    request = models.SubscribersControllerGetSubscriberNotificationsRequest(
        subscriber_id=who, read=False
    )
    [unread] = novu.subscribers.notifications.list(request=request, **NO_PATIENCE).result.data
    counted = novu.subscribers.notifications.count(
        subscriber_id=who, filters='[{"read": false}, {"seen": true}]', **NO_PATIENCE
    ).result
    left = [one.id for one in feed(novu, who, read=False).data]
    marked = novu.subscribers.messages.mark_all(
        subscriber_id=who,
        mark_all_message_as_request_dto=models.MarkAllMessageAsRequestDto(
            mark_as=models.MarkAs.SEEN
        ),
        **NO_PATIENCE,
    ).result

    assert newest.transaction_id == f"{run}-2"
    assert (before, after, unseen(novu, who)) == (2, 1, 0)
    assert (read.read, read.seen) == (True, True)
    assert acted.cta.action.status == "done"
    assert left == [unread.id] == [oldest.id]
    assert unread.primary_action.is_completed
    assert [one.count for one in counted] == [1, 1]
    assert marked == 1

    gone = novu.messages.delete(message_id=newest.id, **NO_PATIENCE).result
    novu.messages.delete_by_transaction_id(transaction_id=f"{run}-1", **NO_PATIENCE)

    assert gone.status == "deleted"
    assert feed(novu, who).data == []
    assert len(messages(novu, limit=1)) == 1  # anybody's
    assert {one.channel for one in messages(novu, subscriber_id=who)} == {
        CHANNELS.EMAIL,
        CHANNELS.SMS,
    }


def test_what_was_sent_outside_cannot_be_taken_back(novu, run):
    found = trigger(novu, run, f"di-{run}")

    with pytest.raises(models.ValidationErrorDto) as refused:
        novu.messages.delete(message_id=found[CHANNELS.EMAIL].id, **NO_PATIENCE)
    with pytest.raises(models.ErrorDto) as unknown:
        novu.notifications.retrieve(notification_id="nothing", **NO_PATIENCE)

    assert refused.value.data.status_code == 422
    assert unknown.value.data.status_code == 404
