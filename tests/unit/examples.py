"""The world that the example events are about: a shop whose parcel has just been sent."""

from dataclasses import replace

from carillon.domain.activity.dead_letters import FAN_OUT
from carillon.domain.audience.contexts import Context
from carillon.domain.audience.topics import Topic
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.applications import Application
from carillon.domain.catalogue.templates import InApp
from carillon.domain.delivery.transport import Request, Response
from carillon.domain.integrations.senders import Sender
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.access import (
    DEFAULT_APPLICATION,
    ApiKey,
    KeyReach,
    Scope,
    Tenant,
    parse_credential,
)
from carillon.usecases.audience.updates import upsert
from carillon.usecases.operations import erase
from tests import builders as a
from tests import fakes
from tests.unit.novu import telling

# A key of no tenant: its checksum is right, and its secret is known to everybody.
KEY = "car_000000000000_000000000000000000000000000000002whhSS"
OPERATOR_KEY = "replace-this-with-the-operator-key"
EVENT, TRANSACTION = "order-shipped", "order-A-1017-shipped"
HOOK = "0192f0c1-2b3a-7c4d-8e5f-60718293a4b5"
SUBSCRIPTION = "0192f0c1-2b3a-7c4d-8e5f-60718293a4b6"
MAIL = "019aa000-0000-7000-8000-000000000000"
OTHER_KEY = "a1B2c3D4e5F6"
SHOP = "shop/orders"
TOPICS = ("team", "warehouse", "warehouse-staff")
_OTHERS = (
    ("apprise", Channel.OTHER, {}),
    ("expo", Channel.PUSH, {}),
    ("sns", Channel.SMS, {}),
)
_TIMES = {"created_at": a.NOW, "updated_at": a.NOW}
_MEDIA = (
    Channel.EMAIL,
    Channel.CHAT,
    Channel.SMS,
    Channel.PUSH,
    Channel.OTHER,
    Channel.IN_APP,
)


def taken(request: Request) -> Response:
    """What a provider says to a message that it takes; but for Slack, none minds others' words."""
    if "slack" in str(getattr(request, "url", "")):
        return Response(status=200, body=b"ok")
    body = b'{"MessageId": "m-1", "data": {"status": "ok", "id": "m-1"}}'
    return Response(status=200, headers={"apprise-notified": "yes"}, body=body)


def empty() -> fakes.World:
    """A tenant that has its keys and no more."""
    operator = fakes.Operator(OPERATOR_KEY)
    ports = fakes.ports(egress=fakes.Egress(taken), operator=operator)
    ports.tenants.add(Tenant(id=a.TENANT, name=a.TENANT, created_at=a.NOW, senders=("*",)))
    _add_keys(ports)
    return ports


def world() -> fakes.World:
    """A tenant whose event type has been triggered once, for Ana, and delivered to her."""
    ports = empty()
    _add_event_types(ports)
    _add_integrations(ports)
    _add_audience(ports)
    telling.tell(ports, TRANSACTION, "ana", event=EVENT)
    ports.dead_letters.put(FAN_OUT, "{", a.TENANT)
    ports.senders.add(a.TENANT, Sender(email="@example.org", created_at=a.NOW))
    ports.identities.add("example.org")
    return ports


def _add_keys(ports: fakes.World) -> None:
    credential = parse_credential(KEY)
    assert credential
    for id, digest in ((credential.id, credential.digest), (OTHER_KEY, "another's")):
        key = ApiKey(
            id=id,
            tenant=a.TENANT,
            name="example",
            digest=digest,
            scopes=frozenset(Scope),
            created_at=a.NOW,
            reach=KeyReach.ORGANIZATION,
        )
        ports.of(a.TENANT).api_keys.add(key)


def _add_event_types(ports: fakes.World) -> None:
    ports.applications.put(a.TENANT, Application(path=SHOP, name="Orders", **_TIMES))
    asking = {"output_schema": {"type": "object"}, "sample": {"identityId": "2013"}}
    ports.event_types.save(a.TENANT, a.event_type("test:request-response", **asking), expected=None)
    for place in (DEFAULT_APPLICATION, SHOP):
        media = dict.fromkeys(_MEDIA, True)
        shipped = a.event_type(EVENT, application=place, media=media, sample={"order": "A-1017"})
        ports.event_types.save(a.TENANT, shipped, expected=None)
        for medium in _MEDIA:
            shown = InApp(primary="Look") if medium is Channel.IN_APP else None
            words = a.template(EVENT, medium, application=place, in_app=shown)
            ports.templates.put(a.TENANT, words)
    ports.templates.put(a.TENANT, a.template(EVENT, custom=True))


def _add_integrations(ports: fakes.World) -> None:
    ports.integrations.put(a.TENANT, a.integration(id=MAIL))
    ports.integrations.put(a.TENANT, a.integration(identifier="own-mail"))
    ports.integrations.put(a.TENANT, a.webhook())
    for provider, channel, settings in _OTHERS:
        other = a.integration(provider, channel, settings=settings)
        ports.integrations.put(a.TENANT, other)
    ports.integrations.put(a.TENANT, a.integration("slack", Channel.CHAT))
    ports.integrations.put(a.TENANT, a.webhook(HOOK))
    heard = a.subscription(Target.INTEGRATION, HOOK, event=EVENT)
    ports.subscriptions.put(a.TENANT, replace(heard, id=SUBSCRIPTION))


def _add_audience(ports: fakes.World) -> None:
    mail = "ana@example.com"  # Bitcaster's users are called by theirs
    people = [
        a.person("ana", email=mail),
        a.person(mail, email=mail),
        a.person("bo"),
        a.person("ben"),
        a.person("leo"),
    ]
    upsert(people, ports=ports.of(a.TENANT))
    erase.begin("leo", ports=ports.of(a.TENANT))
    for key in TOPICS:
        ports.topics.put(a.TENANT, Topic(key=key, name=key, **_TIMES))
        ports.topics.add_members(a.TENANT, key, ["ana"])
    for identifier in ("store-berlin", "north"):
        ports.contexts.put(a.TENANT, Context(identifier=identifier, **_TIMES))
