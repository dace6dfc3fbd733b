"""A call of every endpoint that writes, in the world of the examples: add yours.

Where an example writes, it is the row; here are the others, and examples that need another body.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from carillon.domain.integrations.senders import Sender
from carillon.runtime.endpoint import Handler
from local import template
from tests import builders as a
from tests import gateway

ROOT = Path(__file__).parents[3]
SHOP, EMPTY = "shop/orders", "shop/empty"
# Integrations of one channel, without subscriptions.
FREE = "019aa000-0000-7000-8000-0000000000ff"
FREE_TOO = "019aa000-0000-7000-8000-0000000000fe"
SENDER = Sender(email="shop@example.com", created_at=a.NOW)

# They write what was asked for, and keep no state that two callers could fight for: each has tests
# of its own for what comes twice.
NOT_HERE = {
    "admin/cancel_invocation": "a mark that is set once",
    "admin/drop_dead_letters": "queues",
    "admin/redrive_dead_letters": "queues",
    "admin/rehearse_event_type": "writes nothing",
    "admin/replays": "queues",
    "admin/test_subscription": "writes nothing",
    "bitcaster/trigger": "accepts an event",
    "confluent/exchange_token": "writes nothing",
    "confluent/test_integration": "writes nothing",
    "novu/cancel_trigger": "a mark that is set once",
    "novu/trigger": "accepts an event",
    "novu/trigger_broadcast": "accepts an event",
    "novu/trigger_bulk": "accepts an event",
    "novu/workflow_sync": "writes nothing",
    "sailpoint/complete_invocation": "the first answer to a dispatch counts",
    "sailpoint/oauth_token": "writes nothing",
    "sailpoint/send_test_notification": "writes nothing",
    "sailpoint/test_invocation": "accepts an event",
    "sailpoint/validate_filter": "writes nothing",
}


@dataclass(frozen=True)
class Row:
    """One method of an endpoint; a body of None is the example's, or none for a DELETE."""

    function: str
    method: str
    body: Any = field(default=None, hash=False)
    path: Mapping[str, str] = field(default_factory=dict, hash=False)  # other path parameters

    def __str__(self) -> str:
        return f"{self.method} {self.function}"

    def event(self, endpoint: str) -> dict[str, Any]:
        event: dict[str, Any] = json.loads((ROOT / f"events/{self.function}.json").read_text())
        http = event["requestContext"]["http"]
        body = self.body
        if body is None and http["method"] == self.method:
            body = event.get("body")
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body)
            event["headers"].setdefault("content-type", "application/json")
        else:
            event.pop("body", None)
        http["method"] = self.method
        known = dict(event.get("pathParameters") or {})
        if self.function == "sailpoint/subscription":
            known["id"] = endpoint
        event["pathParameters"] = known | dict(self.path)
        return event

    def call(self, endpoint: str) -> int:
        """Call the function; return the status of the answer."""
        module = import_module(f"functions.{self.function.replace('/', '.')}.app")
        return int(module.handler(self.event(endpoint), gateway.CONTEXT)["statusCode"])


WORKFLOW = {"name": "Parcel sent", "steps": [{"name": "Mail", "type": "email"}]}
SLACK = {
    "providerId": "slack",
    "credentials": {"webhookUrl": "https://hooks.slack.com/services/T0/B0/x"},
}
RENAMED = [{"op": "replace", "path": "/name", "value": "Renamed"}]

# Methods that no example has, and examples that make what there is already.
ROWS = [
    Row("admin/application", "DELETE", path={"proxy": EMPTY}),
    Row("admin/applications", "POST", {"application": "shop/new", "name": "New"}),
    Row("admin/context", "DELETE"),
    Row("admin/contexts", "POST", {"identifier": "new", "name": "New"}),
    Row("admin/event_type", "DELETE"),
    Row("admin/event_types", "POST", {"slug": "new", "name": "New", "application": SHOP}),
    Row("admin/integration", "DELETE"),
    Row(
        "admin/integration",
        "PATCH",
        {"name": "Renamed", "description": "Of the shop"},
        path={"integration": FREE},
    ),
    Row("admin/subscriber", "DELETE"),
    Row("admin/subscription", "DELETE"),
    Row("admin/template", "DELETE"),
    Row("admin/tenant", "DELETE"),
    Row("admin/topic", "DELETE"),
    Row("admin/topic_members", "DELETE", {"members": ["ana"]}),
    Row("bitcaster/users", "POST", {"email": "new@example.com", "first_name": "New"}),
    Row("bitcaster/user", "PUT", {"first_name": "Anna", "custom_fields": {"city": "Oslo"}}),
    Row("confluent/integration", "DELETE", path={"id": FREE}),
    Row("confluent/integration", "PATCH", {"description": "Of the shop"}, path={"id": FREE}),
    Row("confluent/subscription", "DELETE"),
    Row("novu/integration", "DELETE"),
    Row("novu/notification_template", "DELETE"),
    Row("novu/subscriber_credentials", "PATCH", SLACK),
    Row("novu/subscriber_v1", "DELETE"),
    Row("novu/subscriber_v2", "DELETE"),
    Row("novu/subscribers_v2", "POST", {"subscriberId": "new", "firstName": "New"}),
    Row("novu/tenant", "DELETE"),
    Row("novu/tenant", "PATCH", {"identifier": "south", "name": "South"}),
    Row("novu/tenants", "POST", {"identifier": "new", "name": "New"}),
    Row(
        "novu/topic_subscriber", "POST", {"subscribers": ["ana"]}, path={"subscriberId": "removal"}
    ),
    Row("novu/topic_subscriptions", "DELETE", {"subscriberIds": ["ana"]}),
    Row("novu/topic_v1", "DELETE", path={"topicKey": "empty"}),
    Row("novu/topic_v2", "DELETE"),
    Row("novu/topics_v1", "POST", {"key": "new", "name": "New"}),
    Row("novu/topics_v2", "POST", {"key": "new", "name": "New"}),
    Row("novu/workflow", "DELETE"),
    Row("novu/workflow", "PUT", WORKFLOW),
    Row("bitcaster/lists", "POST", {"name": "New"}),
    Row("sailpoint/subscription", "DELETE"),
    Row("sailpoint/subscription", "PATCH", RENAMED),
    Row("sailpoint/verified_from_addresses", "DELETE", path={"proxy": SENDER.id}),
]

_OF_EVENTS = ({"active": False}, {"locked": True}, {"paused": True})
# What holds for others from one moment to the next.
SWITCHES = [
    Row("admin/tenant", "PATCH", {"active": False}),
    *(Row("admin/application", "PATCH", switch) for switch in _OF_EVENTS),
    *(Row("admin/event_type", "PATCH", switch) for switch in _OF_EVENTS),
    Row("admin/integration", "PATCH", {"active": False}),
    Row("admin/integration", "PATCH", {"primary": True}),
    Row("admin/subscription", "PATCH", {"active": False}),
    Row("bitcaster/user", "PATCH", {"locked": True}),
    Row("confluent/subscription", "PATCH"),
    Row("novu/integration", "PUT", {"active": False}),
    Row("novu/primary_integration", "POST"),
    Row("novu/notification_template_status", "PUT"),
    Row("novu/workflow", "PATCH"),
]


def served() -> set[tuple[str, str]]:
    """The functions and methods of the template that may write."""
    return {
        (function.folder, method)
        for function in template.functions(template.read(ROOT / "template.yaml"))
        if isinstance(handler := _handler(function.module), Handler)
        for method in handler.endpoints
        if method not in {"GET", "HEAD"} and function.folder not in NOT_HERE
    }


def rows() -> list[Row]:
    """The table, with an example's row for each endpoint that has none."""
    known = {(row.function, row.method) for row in ROWS}
    examples = [Row(*place) for place in sorted(served() - known) if _in_example(*place)]
    return [*ROWS, *examples]


def _handler(module: str) -> object:
    return getattr(import_module(module), "handler", None)


def _in_example(function: str, method: str) -> bool:
    event = json.loads((ROOT / f"events/{function}.json").read_text())
    return bool(event["requestContext"]["http"]["method"] == method)
