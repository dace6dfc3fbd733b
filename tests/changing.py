"""A tenant's set-up that is changed at random, and what an event sends by it: one kind a method."""

import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.audience.preferences import Preference, Preferences
from carillon.domain.audience.topics import Topic
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NotFound
from carillon.domain.base.guards import Guarded
from carillon.domain.catalogue.applications import Application
from carillon.domain.catalogue.event_types import Defaults
from carillon.domain.catalogue.templates import Template
from carillon.domain.intake.overrides import Override
from carillon.domain.intake.triggers import TopicRecipient, Trigger
from carillon.domain.integrations.senders import Sender, Verification
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.access import ApiKey, Tenant
from carillon.ports import TenantPorts
from carillon.ports.tenancy import Tenants
from tests import builders as a
from tests import canaries

APPLICATION = "default/default"
SENDER = "shop@sender.example"
_OTHERS = 3  # of four changes while an event would be refused, that undo what refuses it


@dataclass(frozen=True)
class Admin:
    """What configures a tenant; it remembers nothing."""

    tenants: Tenants
    ports: TenantPorts


class Setup:
    """The set-up as it should be, and the calls that make it so."""

    def __init__(self, admin: Admin, chance: random.Random) -> None:
        self.admin, self.ports, self.chance = admin, admin.ports, chance
        self.number = 0  # of the latest change of a value
        self.values: dict[str, int] = dict.fromkeys(
            ("words", "hook", "address", "context", "key"), 0
        )
        self.on: dict[str, bool] = dict.fromkeys(KINDS, True) | {"muted": False}
        self.versions: dict[str, int] = {}
        self.old_keys: list[str] = []
        tenant = Tenant(id=admin.ports.tenant, name="changes", created_at=a.NOW)
        admin.tenants.add(tenant)
        seen = self.ports.guards.see
        self._next("application")
        self.ports.applications.add(_application(), seen=seen(Guarded.CATALOGUE))
        self.ports.topics.add(Topic(key="team", name="team", created_at=a.NOW, updated_at=a.NOW))
        self.ports.contexts.add(self._context())
        self.ports.api_keys.add(self.key)
        sender = Sender(email=SENDER, created_at=a.NOW)
        self.ports.senders.add(sender, seen=seen(Guarded.SENDERS))
        self.ports.identities.add(SENDER)
        self._event(self._template(), a.template(medium=Channel.EMAIL), expected=None)
        for kind in ("slack", "hook", "smtp"):
            self.ports.integrations.save(self._integration(kind))
        self.ports.subscriptions.save(self._subscription())
        ben = a.subscriber("ben", channels=(a.slack_address("ben"),))
        self.ports.subscribers.save([self._ana(), ben])
        self.ports.topics.add_members("team", ["ben"])

    def trigger(self, number: int) -> Trigger:
        return a.trigger(
            "welcome",
            recipients=(a.person("ana"), TopicRecipient(topic="team")),
            transaction_id=f"t{number}",
            context=ContextChanges(identifier="site"),
            overrides=(Override(place="email", channel=Channel.EMAIL, values={"from": SENDER}),),
        )

    @property
    def refuses(self) -> bool:
        """Whether the caller may be told that the event is not taken."""
        return not all(self.on[kind] for kind in ("active", "locked", "sender"))

    def expected(self) -> set[tuple[str, str]]:
        """What the event sends: where to, and the words of a chat."""
        on, words = self.on, f"{self.values['words']} {self.values['context']}"
        if self.refuses or not (on["tenant"] and on["paused"]):
            return set()
        sent: set[tuple[str, str]] = set()
        if on["subscribed"]:
            sent.add((f"hook{self.values['hook']}", ""))
        chats = on["slack"] and on["kept"] and not on["muted"] and on["defaults"]
        if chats and on["prefers"]:
            sent.add((f"ana{self.values['address']}", words))
        if chats and on["joined"]:
            sent.add(("ben", words))
        if on["defaults"] and on["prefers"]:
            sent.add((f"ana{self.values['address']}@x.example", ""))
        return sent

    # -- changes

    def change(self) -> str:
        """Make one change, and return its kind."""
        off = [
            kind for kind in ("active", "locked", "sender", "paused", "tenant") if not self.on[kind]
        ]
        if off and self.chance.randrange(_OTHERS + 1):
            kind = self.chance.choice(off)
        else:
            kind = self.chance.choice([*KINDS, *self.values])
        if kind in self.values:
            self.values[kind] += 1
        else:
            self.on[kind] = not self.on[kind]
        getattr(self, f"_change_{WRITES[kind]}")()
        return kind

    def _change_slack(self) -> None:
        if self.on["kept"]:
            self.ports.integrations.save(self._integration("slack"))
            return
        with suppress(NotFound):  # it may be changed while it is not there
            self.ports.integrations.remove("int_slack")
        self.versions["slack"] = 0

    def _change_hook(self) -> None:
        self.ports.integrations.save(self._integration("hook"))

    def _change_template(self) -> None:
        self._event(self._template(), expected=self.versions["event"])

    def _change_event(self) -> None:
        self._event(expected=self.versions["event"])

    def _change_application(self) -> None:
        state = {"locked": not self.on["locked"], "paused": not self.on["paused"]}
        self.ports.applications.save(_application(**state, version=self._next("application")))

    def _change_subscription(self) -> None:
        if self.on["subscribed"]:
            self.ports.subscriptions.save(self._subscription())
        else:
            self.ports.subscriptions.remove(self._subscription().id)

    def _change_tenant(self) -> None:
        stored = self.admin.tenants.get(self.ports.tenant)
        changed = replace(stored, active=self.on["tenant"], version=stored.version + 1)
        self.admin.tenants.save(changed)

    def _change_person(self) -> None:
        self.ports.subscribers.save([self._ana()])

    def _change_members(self) -> None:
        topics = self.ports.topics
        (topics.add_members if self.on["joined"] else topics.remove_members)("team", ["ben"])

    def _change_context(self) -> None:
        self.ports.contexts.save(self._context())

    def _change_sender(self) -> None:
        sender = Sender(email=SENDER, created_at=a.NOW)
        if self.on["sender"]:
            self.ports.senders.add(sender, seen=self.ports.guards.see(Guarded.SENDERS))
        else:
            self.ports.senders.remove(sender)

    def _change_key(self) -> None:
        old = f"key{self.values['key'] - 1}"
        self.ports.api_keys.remove(old)
        self.old_keys.append(old)
        self.ports.api_keys.add(self.key)

    # -- what is stored

    @property
    def key(self) -> ApiKey:
        id = f"key{self.values['key']}"
        return ApiKey(
            id=id,
            tenant=self.ports.tenant,
            name=id,
            digest="",
            scopes=frozenset(),
            created_at=a.NOW,
        )

    def _next(self, kind: str) -> int:
        self.versions[kind] = self.versions.get(kind, 0) + 1
        return self.versions[kind]

    def _integration(self, kind: str) -> Any:
        version = self._next(kind)
        match kind:
            case "slack":
                active = self.on["slack"]
                return a.integration("slack", Channel.CHAT, active=active, version=version)
            case "hook":
                url = f"https://hook.example/hook{self.values['hook']}"
                settings = {"url": url, "secret": canaries.WEBHOOK_SECRET}
                return a.webhook(settings=settings, version=version)
            case _:
                return a.integration("smtp", version=version)

    def _template(self) -> Any:
        body = f"words {self.values['words']} {{{{ tenant.data.number }}}}."
        return a.template(medium=Channel.CHAT, subject="", body=body)

    def _event(self, *templates: Template, expected: int | None) -> None:
        event = a.event_type(
            media={Channel.CHAT: True, Channel.EMAIL: True},
            active=self.on["active"],
            muted=frozenset({"slack"} if self.on["muted"] else ()),
            defaults=Defaults(enabled=self.on["defaults"]),
            version=self._next("event"),
        )
        self.ports.event_types.save(event, expected=expected, templates=templates)

    def _context(self) -> Context:
        data: Mapping[str, Any] = {"number": self.values["context"]}
        version = self._next("context")
        return Context(
            identifier="site", data=data, created_at=a.NOW, updated_at=a.NOW, version=version
        )

    def _subscription(self) -> Any:
        return a.subscription(Target.INTEGRATION, "int_webhook")

    def _ana(self) -> Any:
        name = f"ana{self.values['address']}"
        return a.subscriber(
            "ana",
            email=f"{name}@x.example",
            channels=(a.slack_address(name),),
            preferences=Preferences(overall=Preference(enabled=self.on["prefers"])),
            version=self._next("ana"),
        )


# Each kind of change, and what is written for it. A switch is on or off; a value is a number.
WRITES = {
    "slack": "slack",
    "kept": "slack",
    "hook": "hook",
    "words": "template",
    "muted": "event",
    "active": "event",
    "defaults": "event",
    "locked": "application",
    "paused": "application",
    "subscribed": "subscription",
    "tenant": "tenant",
    "prefers": "person",
    "address": "person",
    "joined": "members",
    "context": "context",
    "sender": "sender",
    "key": "key",
}
VALUES = ("words", "hook", "address", "context", "key")
KINDS = tuple(kind for kind in WRITES if kind not in VALUES)


def verified(_email: str) -> Verification:
    return Verification.SUCCESS


def _application(**state: Any) -> Application:
    return Application(
        path=APPLICATION, name="default", created_at=a.NOW, updated_at=a.NOW, **state
    )
