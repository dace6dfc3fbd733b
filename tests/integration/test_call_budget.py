"""What a bulk of 100 events costs in AWS calls, from accept to sent."""

import base64
import json
from collections import Counter

import pytest

from carillon.adapters import assembly
from carillon.adapters.aws.clients import Clients
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.transport import Response, SesRequest
from carillon.domain.tenancy.access import Scope, Tenant
from carillon.providers.registry import Providers
from functions.novu.trigger_bulk.app import handler as trigger_bulk
from functions.workers.deliver_chat.app import handler as deliver_chat
from functions.workers.deliver_email.app import handler as deliver_email
from functions.workers.fan_out.app import handler as fan_out
from tests import builders as a
from tests import fakes, gateway
from tests.integration.conftest import create_bucket, create_queue, create_tables

EVENTS = 100
MOST_CALLS = 22  # two of them read the version of the configuration


class Counted(Clients):
    """Clients that count the calls they make; a queue's own poller makes its without them."""

    def __init__(self, **options):
        super().__init__(**options)
        self.calls = Counter()

    def _make(self, service, attempts=3):
        client = super()._make(service, attempts)
        client.meta.events.register("before-call", self._count)
        return client

    def _count(self, model, **_):
        self.calls[model.name] += 1


def taken(request):
    """SES's answer, or Slack's."""
    body = b'{"MessageId": "1"}' if isinstance(request, SesRequest) else b"ok"
    return Response(status=200, body=body)


@pytest.fixture
def installed(ministack_clients):
    """The ports on an emulator with clients that count, the queues, and a client apart to poll."""
    tenants, subscriptions, invocations = create_tables(ministack_clients)
    queues = {name: create_queue(ministack_clients, name) for name in ("fan_out", *Channel)}
    clients = Counted(**ministack_clients.options)
    environment = {
        "TENANTS_TABLE": tenants,
        "SUBSCRIPTIONS_TABLE": subscriptions,
        "INVOCATIONS_TABLE": invocations,
        "FAN_OUT_QUEUE_URL": queues["fan_out"],
        **{f"{channel.upper()}_QUEUE_URL": queues[channel] for channel in Channel},
        "RETENTION_DAYS": "30",
        "DELIVERY_LEASE": "90",
        "DELETION_GRACE": "300",
        "INTEGRATIONS_PER_TENANT": "100",
        "SMS_PARTS_PER_MONTH": "10000",
        "ATTACHMENTS_BUCKET": create_bucket(ministack_clients),
        "ENDPOINTS_PER_TENANT": "500",
        "DELIVERIES_PER_RECIPIENT": "100",
        "KEYS_PER_TENANT": "100",
        "SUBSCRIPTIONS_PER_EVENT_TYPE": "1000",
        "TEMPLATES_PER_EVENT_TYPE": "500",
        "RECIPIENTS_PER_EVENT": "10000",
        "OPERATOR_KEY_SECRET": "unused",
        "TOKEN_KEY_SECRET": "unused",
    }
    world = fakes.ports()
    ports = assembly.ports(
        assembly.Tables.named(clients, environment),
        clients,
        environment,
        providers=Providers(),
        egress=fakes.Egress(taken),
        renderer=world.renderer,
        schemas=world.schemas,
        filters=world.filters,
        clock=world.clock,
    )
    with gateway.using(ports):
        yield ports, clients, ministack_clients.sqs, queues


def drain(sqs, url, handler):
    """Give a queue's messages to its function in batches, as Lambda does."""
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=4).get("Messages"):
        records = [
            {"messageId": m["MessageId"], "body": m["Body"], "eventSource": "aws:sqs"}
            for m in messages
        ]
        answer = handler({"Records": records}, gateway.CONTEXT)
        assert answer == {"batchItemFailures": []}
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def mailed(ports, tenant):
    """A tenant whose `welcome` goes out by mail; return a key to trigger it."""
    ports.tenants.add(Tenant(id=tenant, name=tenant, created_at=a.NOW, senders=("*",)))
    own = ports.of(tenant)
    words = [a.template(medium=Channel.EMAIL)]
    own.event_types.save(a.event_type(media={Channel.EMAIL: True}), expected=None, templates=words)
    own.integrations.save(a.integration("ses"))
    return gateway.issue_key(ports, tenant, Scope.EVENT_TRIGGER)


@pytest.mark.parametrize(
    ("sizes", "puts", "gets"), [([1000] * 3, 0, 0), ([300_000], 1, 1), ([300_000, 500_000], 2, 2)]
)
def test_a_large_attachment_takes_one_call_to_store_and_one_a_chunk_to_read(
    installed, tenant, sizes, puts, gets
):
    ports, clients, sqs, queues = installed
    key = mailed(ports, tenant)
    files = [
        {"name": f"{n}.bin", "file": base64.b64encode(bytes([n]) * size).decode()}
        for n, size in enumerate(sizes)
    ]
    to = [{"subscriberId": f"p{n}", "email": f"p{n}@acme.example"} for n in range(20)]
    event = {"name": "welcome", "to": to, "payload": {"attachments": files}}

    def count(work):
        clients.calls.clear()
        work()
        return dict(clients.calls)

    def accept(events=(event,)):
        authorization = f"ApiKey {key}"
        body = {"events": list(events)}
        answer = gateway.call(trigger_bulk, "POST", "/", body, authorization=authorization)
        assert {item["status"] for item in json.loads(answer.text)["data"]} == {"processed"}

    accept([{**event, "payload": {}}])  # what a process reads once
    drain(sqs, queues["fan_out"], fan_out)
    drain(sqs, queues[Channel.EMAIL], deliver_email)
    accepting = count(accept)
    drain(sqs, queues["fan_out"], fan_out)
    delivering = count(lambda: drain(sqs, queues[Channel.EMAIL], deliver_email))

    assert accepting == {"SendMessage": 1, **({"PutObject": puts} if puts else {})}
    assert delivering.get("GetObject", 0) == gets
    assert len(ports.egress.requests) == 40


def test_a_bulk_of_100_events_takes_one_call_to_accept_and_20_in_all(installed, capsys):
    ports, clients, sqs, queues = installed
    ports.tenants.add(Tenant(id=a.TENANT, name=a.TENANT, created_at=a.NOW, senders=("*",)))
    own = ports.of(a.TENANT)
    event, words = a.event_type(media={Channel.CHAT: True}), a.template(medium=Channel.CHAT)
    own.event_types.save(event, expected=None, templates=[words])
    own.integrations.save(a.integration("slack", Channel.CHAT))
    people = [
        a.subscriber(f"p{n:03}", channels=(a.slack_address(f"p{n:03}"),)) for n in range(EVENTS)
    ]
    own.subscribers.save(people)
    key = gateway.issue_key(ports, a.TENANT, Scope.EVENT_TRIGGER)
    body = {"events": [{"name": "welcome", "to": person.id} for person in people]}

    def accept():
        authorization = f"ApiKey {key}"
        answer = gateway.call(trigger_bulk, "POST", "/", body, authorization=authorization)
        assert {item["status"] for item in json.loads(answer.text)["data"]} == {"processed"}

    def process():
        drain(sqs, queues["fan_out"], fan_out)
        drain(sqs, queues[Channel.CHAT], deliver_chat)

    accept()
    process()
    sent_before = len(ports.egress.requests)
    clients.calls.clear()
    capsys.readouterr()
    accept()
    accepted = dict(clients.calls)
    ports.clock.advance(seconds=1)  # as it does on the way through the queues
    process()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert accepted == {"SendMessage": 1}
    assert len(ports.egress.requests) - sent_before == EVENTS
    assert clients.calls.total() <= MOST_CALLS, dict(clients.calls)
    # Each line says its own work's calls, also those made in other threads.
    assert [line.get("aws_calls") for line in lines if line["message"] == "answered"] == [1]
    assert sum(line["aws_calls"] for line in lines) == clients.calls.total()
