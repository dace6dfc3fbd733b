"""A call of every endpoint of the Novu dialect that succeeds: add yours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any

from carillon.runtime.endpoint import Endpoint, Handler
from tests import builders as a
from tests import canaries
from tests.variants import Model


@dataclass(frozen=True, kw_only=True)
class Call:
    """One method of a path, with a call of it that succeeds.

    `path` has the parameters of the route in braces, and `ids` what they stand for; `finds` are
    those of them that must exist already.
    """

    function: str  # the module's folder
    method: str
    path: str
    ids: Mapping[str, str] = field(default_factory=dict)
    finds: tuple[str, ...] = ()
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def handler(self) -> Handler:
        return import_module(f"functions.novu.{self.function}.app").handler

    @property
    def endpoint(self) -> Endpoint:
        return self.handler.endpoints[self.method]

    @cached_property
    def model(self) -> Model | None:
        """Of the body, if it takes one."""
        return Model(self.endpoint.body) if self.endpoint.body else None


# What stands for ids that are known when the test runs.
MESSAGE, NOTIFICATION = "<message>", "<notification>"

PERSON = {
    "email": canaries.EMAIL,
    "firstName": "Ana",
    "lastName": "Lopez",
    "phone": canaries.PHONE,
    "avatar": "https://example.com/ana.png",
    "locale": "de-CH",
    "timezone": "Europe/Zurich",
    "data": {"plan": "gold"},
}
NEW_PERSON = {"subscriberId": "new", **PERSON}
SLACK = {"providerId": "slack", "credentials": {"webhookUrl": canaries.SLACK_URL}}
ANA, TEAM = {"subscriberId": "ana"}, {"topicKey": "team"}
FIND_ANA, FIND_TEAM = ("subscriberId",), ("topicKey",)
SEARCH = {"limit": "5", "orderBy": "createdAt", "orderDirection": "ASC", "includeCursor": "true"}
PAGE = {"page": "0", "limit": "5"}

EVENT = {
    "name": "welcome",
    "to": ["ana", NEW_PERSON, {"type": "Topic", "topicKey": "team", "exclude": ["zoe"]}],
    "payload": {"a": 1},
    "overrides": {"slack": {"text": "a"}, "email": {"replyTo": "a@acme.example"}},
    "transactionId": "t1",
    "actor": {"subscriberId": "zoe", "email": "zoe@example.com"},
    "tenant": {"identifier": "north", "name": "North", "data": {"a": 1}},
}

BULK_TRIGGER = Call(
    function="trigger_bulk",
    method="POST",
    path="/v1/events/trigger/bulk",
    body={"events": [EVENT]},
)
BULK_CREATE = Call(
    function="subscribers_bulk",
    method="POST",
    path="/v1/subscribers/bulk",
    body={"subscribers": [NEW_PERSON]},
)

EVENTS = [
    Call(function="trigger", method="POST", path="/v1/events/trigger", body=EVENT),
    BULK_TRIGGER,
    Call(
        function="trigger_broadcast",
        method="POST",
        path="/v1/events/trigger/broadcast",
        body={name: said for name, said in EVENT.items() if name != "to"},
    ),
    # What is not there is cancelled already.
    Call(
        function="cancel_trigger",
        method="DELETE",
        path="/v1/events/trigger/{proxy}",
        ids={"proxy": "told"},
    ),
]

AUDIENCE = [
    Call(
        function="subscribers_v1",
        method="POST",
        path="/v1/subscribers",
        body={**NEW_PERSON, "channels": [SLACK]},
    ),
    Call(
        function="subscribers_v2",
        method="POST",
        path="/v2/subscribers",
        body=NEW_PERSON,
        query={"failIfExists": "true"},
    ),
    Call(function="subscribers_v1", method="GET", path="/v1/subscribers", query=PAGE),
    Call(function="subscribers_v2", method="GET", path="/v2/subscribers", query=SEARCH),
    BULK_CREATE,
    *(
        Call(
            function=f"subscriber_{version}",
            method=method,
            path=f"/{version}/subscribers/{{subscriberId}}",
            ids=ANA,
            finds=FIND_ANA,
            body=PERSON if method in {"PUT", "PATCH"} else None,
        )
        for method, version in [
            ("GET", "v1"),
            ("GET", "v2"),
            ("PUT", "v1"),
            ("PATCH", "v2"),
            ("DELETE", "v1"),
            ("DELETE", "v2"),
        ]
    ),
    *(
        Call(
            function="subscriber_credentials",
            method=method,
            path="/v1/subscribers/{subscriberId}/credentials",
            ids=ANA,
            finds=FIND_ANA,
            body=SLACK,
        )
        for method in ("PUT", "PATCH")
    ),
    Call(
        function="subscriber_provider_credentials",
        method="DELETE",
        path="/v1/subscribers/{subscriberId}/credentials/{providerId}",
        ids={**ANA, "providerId": "slack"},
        finds=FIND_ANA,
    ),
    Call(
        function="subscriber_online_status",
        method="PATCH",
        path="/v1/subscribers/{subscriberId}/online-status",
        ids=ANA,
        finds=FIND_ANA,
        body={"isOnline": True},
    ),
    *(
        Call(
            function=f"subscriber_preferences_{version}",
            method="GET",
            path=f"/{version}/subscribers/{{subscriberId}}/preferences",
            ids=ANA,
            finds=FIND_ANA,
        )
        for version in ("v1", "v2")
    ),
    Call(
        function="subscriber_preferences_v1",
        method="PATCH",
        path="/v1/subscribers/{subscriberId}/preferences",
        ids=ANA,
        finds=FIND_ANA,
        body={"enabled": True, "preferences": [{"type": "email", "enabled": False}]},
    ),
    Call(
        function="subscriber_preferences_v2",
        method="PATCH",
        path="/v2/subscribers/{subscriberId}/preferences",
        ids=ANA,
        finds=FIND_ANA,
        body={"workflowId": "welcome", "channels": {"email": False, "in_app": True}},
    ),
    Call(
        function="subscriber_preference",
        method="GET",
        path="/v1/subscribers/{subscriberId}/preferences/{part}",
        ids={**ANA, "part": "welcome"},
        finds=("subscriberId", "part"),
    ),
    Call(
        function="subscriber_preference",
        method="PATCH",
        path="/v1/subscribers/{subscriberId}/preferences/{part}",
        ids={**ANA, "part": "welcome"},
        finds=("subscriberId", "part"),
        body={"channel": {"type": "email", "enabled": False}, "enabled": True},
    ),
    Call(
        function="subscriber_preferences_bulk",
        method="PATCH",
        path="/v2/subscribers/{subscriberId}/preferences/bulk",
        ids=ANA,
        finds=FIND_ANA,
        body={"preferences": [{"workflowId": "welcome", "channels": {"email": False}}]},
    ),
    Call(
        function="subscriber_subscriptions",
        method="GET",
        path="/v2/subscribers/{subscriberId}/subscriptions",
        ids=ANA,
        finds=FIND_ANA,
        query={"limit": "5", "key": "team"},
    ),
    *(
        Call(
            function=f"topics_{version}",
            method="POST",
            path=f"/{version}/topics",
            body={"key": "new", "name": "New"},
        )
        for version in ("v1", "v2")
    ),
    Call(function="topics_v1", method="GET", path="/v1/topics", query={**PAGE, "key": "team"}),
    Call(function="topics_v2", method="GET", path="/v2/topics", query={**SEARCH, "name": "T"}),
    *(
        Call(
            function=f"topic_{version}",
            method=method,
            path=f"/{version}/topics/{{topicKey}}",
            ids={"topicKey": "empty"},
            finds=FIND_TEAM,
            body={"name": "Renamed"} if method == "PATCH" else None,
        )
        for method in ("GET", "PATCH", "DELETE")
        for version in ("v1", "v2")
    ),
    Call(
        function="topic_subscribers",
        method="POST",
        path="/v1/topics/{topicKey}/subscribers",
        ids=TEAM,
        body={"subscribers": ["ana"]},
    ),
    Call(
        function="topic_subscriber",
        method="POST",
        path="/v1/topics/{topicKey}/subscribers/{subscriberId}",
        ids={**TEAM, "subscriberId": "removal"},
        finds=("topicKey", "subscriberId"),
        body={"subscribers": ["ana"]},
    ),
    Call(
        function="topic_subscriber",
        method="GET",
        path="/v1/topics/{topicKey}/subscribers/{subscriberId}",
        ids={**TEAM, **ANA},
        finds=("topicKey", "subscriberId"),
    ),
    Call(
        function="topic_subscriptions",
        method="POST",
        path="/v2/topics/{topicKey}/subscriptions",
        ids=TEAM,
        body={"subscriptions": ["ana"]},
    ),
    Call(
        function="topic_subscriptions",
        method="DELETE",
        path="/v2/topics/{topicKey}/subscriptions",
        ids=TEAM,
        finds=FIND_TEAM,
        body={"subscriberIds": ["ana"]},
    ),
    Call(
        function="topic_subscriptions",
        method="GET",
        path="/v2/topics/{topicKey}/subscriptions",
        ids=TEAM,
        finds=FIND_TEAM,
        query=SEARCH,
    ),
    Call(
        function="tenants",
        method="POST",
        path="/v1/tenants",
        body={"identifier": "new", "name": "New", "data": {"plan": "gold"}},
    ),
    Call(function="tenants", method="GET", path="/v1/tenants", query=PAGE),
    *(
        Call(
            function="tenant",
            method=method,
            path="/v1/tenants/{identifier}",
            ids={"identifier": "north"},
            finds=("identifier",),
            body={"identifier": "south", "name": "S", "data": {}} if method == "PATCH" else None,
        )
        for method in ("GET", "PATCH", "DELETE")
    ),
]
MAIL = {"subject": "Order {{payload.order}}", "body": "<p>Hello</p>", "editorType": "html"}
LINK = {"label": "Go", "redirect": {"url": "https://example.com"}}
BELL = {"body": "Hello", "avatar": "https://example.com/a.png", "primaryAction": LINK}
WORKFLOW = {
    "name": "Order shipped",
    "description": "It left",
    "tags": ["orders"],
    "active": True,
    "validatePayload": True,
    "payloadSchema": {"type": "object"},
    "severity": "high",
    "preferences": {
        "workflow": {
            "all": {"enabled": True, "readOnly": False},
            "channels": {"email": {"enabled": True}},
        }
    },
    "steps": [
        {"name": "Mail", "type": "email", "controlValues": MAIL},
        {"name": "Bell", "type": "in_app", "controlValues": BELL},
    ],
}
OLD_WORKFLOW = {
    "name": "Order shipped",
    "description": "It left",
    "tags": ["orders"],
    "active": True,
    "critical": True,
    "preferenceSettings": {"email": True},
    "steps": [
        {
            "name": "Mail",
            "active": True,
            "filters": [],
            "template": {
                "type": "email",
                "subject": "S",
                "content": [{"type": "button", "content": "Go", "url": "https://example.com"}],
            },
        }
    ],
}
CONDITION = {"on": "tenant", "field": "identifier", "operator": "EQUAL", "value": "north"}
FIND_WORKFLOW, FIND_INTEGRATION = ("workflow",), ("integration",)
OURS, OUR_SLACK = {"workflow": "ours"}, {"integration": "int_ours"}
INTEGRATION = {
    "name": "Team",
    "identifier": "team",
    "active": True,
    "credentials": {"token": canaries.BOT_TOKEN, "channelId": "C1"},
    "conditions": [
        {"isNegated": False, "type": "GROUP", "value": "AND", "children": [CONDITION]},
    ],
}

CONFIGURATION = [
    Call(
        function="workflows",
        method="POST",
        path="/v2/workflows",
        body={"workflowId": "order-shipped", **WORKFLOW},
    ),
    Call(
        function="workflows",
        method="GET",
        path="/v2/workflows",
        query={
            "limit": "5",
            "offset": "0",
            "orderBy": "name",
            "orderDirection": "ASC",
        },
    ),
    Call(
        function="workflow",
        method="GET",
        path="/v2/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
    ),
    Call(
        function="workflow",
        method="PUT",
        path="/v2/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
        body=WORKFLOW,
    ),
    Call(
        function="workflow",
        method="PATCH",
        path="/v2/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
        body={k: WORKFLOW[k] for k in ("name", "description", "tags", "active", "payloadSchema")},
    ),
    Call(
        function="workflow",
        method="DELETE",
        path="/v2/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
    ),
    Call(
        function="workflow_sync",
        method="PUT",
        path="/v2/workflows/{workflow}/sync",
        ids=OURS,
        finds=FIND_WORKFLOW,
        body={"targetEnvironmentId": a.TENANT},
    ),
    Call(
        function="workflow_step",
        method="GET",
        path="/v2/workflows/{workflow}/steps/{step}",
        ids={**OURS, "step": "email"},
        finds=(*FIND_WORKFLOW, "step"),
    ),
    Call(
        function="notification_templates",
        method="POST",
        path="/v1/workflows",
        body=OLD_WORKFLOW,
    ),
    Call(
        function="notification_templates",
        method="GET",
        path="/v1/workflows",
        query=PAGE,
    ),
    Call(
        function="notification_template",
        method="GET",
        path="/v1/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
    ),
    Call(
        function="notification_template",
        method="PUT",
        path="/v1/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
        body=OLD_WORKFLOW,
    ),
    Call(
        function="notification_template",
        method="DELETE",
        path="/v1/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
    ),
    Call(
        function="notification_template_status",
        method="PUT",
        path="/v1/workflows/{workflow}/status",
        ids=OURS,
        finds=FIND_WORKFLOW,
        body={"active": False},
    ),
    Call(
        function="integrations",
        method="POST",
        path="/v1/integrations",
        body={"providerId": "slack", "channel": "chat", **INTEGRATION},
    ),
    Call(function="integrations", method="GET", path="/v1/integrations"),
    Call(function="active_integrations", method="GET", path="/v1/integrations/active"),
    Call(
        function="integration",
        method="PUT",
        path="/v1/integrations/{integration}",
        ids=OUR_SLACK,
        finds=FIND_INTEGRATION,
        body=INTEGRATION,
    ),
    Call(
        function="integration",
        method="DELETE",
        path="/v1/integrations/{integration}",
        ids=OUR_SLACK,
        finds=FIND_INTEGRATION,
    ),
    Call(
        function="primary_integration",
        method="POST",
        path="/v1/integrations/{integration}/set-primary",
        ids={"integration": "int_ses"},
        finds=FIND_INTEGRATION,
    ),
]

ANAS = "/v1/subscribers/{subscriberId}/"
# Whose feed does not exist has nothing in it, as whose is empty: there is nobody to find.
INBOX = [
    Call(
        function="feed",
        method="GET",
        path=ANAS + "notifications/feed",
        ids=ANA,
        query={**PAGE, "read": "false", "seen": "false", "payload": "eyJhIjoxfQ=="},
    ),
    Call(
        function="unseen",
        method="GET",
        path=ANAS + "notifications/unseen",
        ids=ANA,
        query={"limit": "5", "seen": "false"},
    ),
    Call(
        function="inbox",
        method="GET",
        path="/v2/subscribers/{subscriberId}/notifications",
        ids=ANA,
        query={"limit": "5", "offset": "0"},
    ),
    Call(
        function="inbox_count",
        method="GET",
        path="/v2/subscribers/{subscriberId}/notifications/count",
        ids=ANA,
        query={"filters": '[{"read": false}]'},
    ),
    Call(
        function="mark_all_messages",
        method="POST",
        path=ANAS + "messages/mark-all",
        ids=ANA,
        body={"markAs": "read"},
    ),
    Call(
        function="messages",
        method="GET",
        path="/v1/messages",
        query={**PAGE, "channel": "email", "subscriberId": "ana"},
    ),
    Call(
        function="transaction_messages",
        method="DELETE",
        path="/v1/messages/transaction/{proxy}",
        ids={"proxy": "t1"},
        query={"channel": "email"},
    ),
    Call(
        function="notifications",
        method="GET",
        path="/v1/notifications",
        query={**PAGE, "channels": "email", "subscriberIds": "ana"},
    ),
    Call(
        function="mark_messages",
        method="POST",
        path=ANAS + "messages/{spelling}",
        ids={**ANA, "spelling": "mark-as"},
        body={"messageId": ["m1"], "markAs": "read", "mark": {"seen": True}},
    ),
    Call(
        function="message_action",
        method="POST",
        path=ANAS + "messages/{messageId}/actions/{type}",
        ids={**ANA, "messageId": MESSAGE, "type": "primary"},
        finds=("messageId", "type", "subscriberId"),
        body={"status": "done", "payload": {"a": 1}},
    ),
    Call(
        function="message",
        method="DELETE",
        path="/v1/messages/{messageId}",
        ids={"messageId": MESSAGE},
        finds=("messageId",),
    ),
    Call(
        function="notification",
        method="GET",
        path="/v1/notifications/{notificationId}",
        ids={"notificationId": NOTIFICATION},
        finds=("notificationId",),
    ),
    Call(
        function="execution_details",
        method="GET",
        path="/v1/execution-details",
        query={"notificationId": NOTIFICATION, "subscriberId": "ana"},
    ),
    Call(function="notification_groups", method="GET", path="/v1/notification-groups"),
    Call(function="environments", method="GET", path="/v1/environments"),
    Call(function="environment", method="GET", path="/v1/environments/me"),
]

CALLS = [*EVENTS, *AUDIENCE, *CONFIGURATION, *INBOX]
