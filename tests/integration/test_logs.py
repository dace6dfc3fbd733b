"""What the log gets at DEBUG of an event's whole way, with real clients on real connections.

Everywhere else the libraries are quiet already, as on Lambda; here they are made loud first, so
that it shows what they would have told.
"""

import logging

import pytest

from carillon.adapters import assembly
from carillon.adapters.aws.clients import Clients
from carillon.adapters.egress.guarded import GuardedEgress
from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.base import network
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.transport import HttpRequest
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.access import Scope
from carillon.providers.registry import Providers
from carillon.runtime.observability import quieten
from carillon.runtime.worker import worker
from functions.novu.trigger.app import handler as trigger
from functions.workers.deliver_chat.app import handler as deliver_chat
from functions.workers.deliver_email.app import handler as deliver_email
from functions.workers.deliver_webhook.app import handler as deliver_webhook
from functions.workers.fan_out.app import handler as fan_out
from tests import builders as a
from tests import canaries, fakes, gateway
from tests.integration.adapters.egress.servers import ok, saying, serving
from tests.integration.conftest import create_queue, environment_of
from tests.net import NET, Net

EITHER = pytest.mark.parametrize("quiet", [True, False])
QUIETENED = ("", "aws_lambda_powertools", "urllib3")


@pytest.fixture
def heard():
    """A net of the test's own under loggers that are as loud as Lambda can make them."""
    own = Net()
    loggers = [logging.getLogger(name) for name in QUIETENED]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG if logger.name == "root" else logging.NOTSET)
    for logger in loggers[:2]:
        logger.removeHandler(NET)
        logger.addHandler(own)
    yield own
    for logger in loggers[:2]:
        logger.removeHandler(own)
        logger.addHandler(NET)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setattr(network, "LOCAL_HOSTS", frozenset({"127.0.0.1"}))
    with serving(saying(ok())) as server:
        yield server


@pytest.fixture
def queues(ministack_clients):
    return {name: create_queue(ministack_clients, name) for name in ("fan_out", *Channel)}


@pytest.fixture
def ports(ministack_clients, receiver, queues, tenant):
    """The ports on an emulator, with the real way out to the receiver."""
    clients = Clients(**ministack_clients.options)
    clients.secretsmanager.create_secret(Name=tenant, SecretString=canaries.OPERATOR_KEY)
    own = {f"{name.upper()}_QUEUE_URL": url for name, url in queues.items()}
    environment = environment_of(clients, **own, OPERATOR_KEY_SECRET=tenant)
    egress = GuardedEgress(clients, frozenset({receiver.place}))
    world = fakes.ports()
    ports = assembly.ports(
        assembly.Tables.named(clients, environment),
        clients,
        environment,
        providers=Providers(),
        egress=egress,
        renderer=world.renderer,
        schemas=world.schemas,
        filters=world.filters,
        clock=world.clock,
    )
    with gateway.using(ports):
        yield ports
    egress.close()


def set_up(ports, receiver, tenant):
    """Everybody who can be told: by email, on Slack and at a webhook; a key to trigger it."""
    media = dict.fromkeys((Channel.EMAIL, Channel.CHAT), True)
    own = ports.of(tenant)
    templates = [a.template(medium=medium) for medium in media]
    own.event_types.save(a.event_type(media=media), expected=None, templates=templates)
    settings = {"url": receiver.url, "secret": canaries.WEBHOOK_SECRET}
    for integration in (
        a.integration(),
        a.integration("slack", Channel.CHAT),
        a.integration("webhook", Channel.WEBHOOK, settings=settings),
    ):
        own.integrations.save(integration)
    own.subscriptions.save(a.subscription(Target.INTEGRATION, "int_webhook"))
    slack = ChannelAddress(provider="slack", webhook_url=receiver.url)
    ana = a.subscriber("ana", email=canaries.EMAIL, phone=canaries.PHONE, channels=(slack,))
    own.subscribers.save([ana])
    return gateway.issue_key(ports, tenant, Scope.EVENT_TRIGGER)


def drain(sqs, url, handler):
    while messages := sqs.receive_message(QueueUrl=url).get("Messages"):
        records = [
            {"messageId": m["MessageId"], "body": m["Body"], "eventSource": "aws:sqs"}
            for m in messages
        ]
        handler({"Records": records}, gateway.CONTEXT)
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


@pytest.fixture
def travel(ports, receiver, queues, ministack_clients, tenant):
    """Sends an event, with everything about it secret, the whole way; and a message that fails."""
    key = set_up(ports, receiver, tenant)
    sqs = ministack_clients.sqs

    def go():
        assert ports.operator.key() == canaries.OPERATOR_KEY
        event = {"name": "welcome", "to": "ana", "payload": {"number": canaries.TEXT}}
        answer = gateway.call(trigger, "POST", "/", event, authorization=f"ApiKey {key}")
        assert answer.status == 201
        fan_out({"Records": [_poison()]}, gateway.CONTEXT)
        drain(sqs, queues["fan_out"], fan_out)
        drain(sqs, queues[Channel.EMAIL], deliver_email)
        drain(sqs, queues[Channel.CHAT], deliver_chat)
        drain(sqs, queues[Channel.WEBHOOK], deliver_webhook)
        assert len(receiver.requests) == 2

    return go


def _poison():
    return {"messageId": "m", "body": f'{{"{canaries.TEXT}', "eventSource": "aws:sqs"}


def test_an_event_leaves_no_secret_in_the_log(travel, heard):
    quieten()

    travel()

    assert heard.caught == []


def test_left_loud_the_libraries_would_tell_them(travel, heard):
    travel()

    tellers = {line.partition(".")[0] for line in heard.caught}
    assert tellers == {"botocore", "urllib3"}


@EITHER
def test_a_server_whose_headers_cannot_be_read_gets_no_url_into_the_log(heard, quiet):
    if quiet:
        quieten()
    with serving(saying(ok(b"ok", b"no header at all"))) as server:
        egress = GuardedEgress(Clients(), frozenset({server.place}))
        egress.send(HttpRequest(method="POST", url=server.url))
        egress.close()

    warned = [line for line in heard.caught if "Failed to parse headers" in line]
    assert len(warned) == (0 if quiet else 1)


@EITHER
def test_powertools_keeps_a_failed_messages_exception_to_itself(heard, quiet):
    def fail(*_):
        raise ValueError(canaries.TEXT)

    if quiet:
        quieten()
    worker(fail)({"Records": [_poison()]}, gateway.CONTEXT)

    assert len(heard.caught) == (0 if quiet else 1)
