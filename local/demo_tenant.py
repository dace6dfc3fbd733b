"""The demo tenant's contents: three event types, two triggers, three people, one topic."""

from typing import Any

# Public, so that anybody can verify the demo's webhooks. Never use it elsewhere.
WEBHOOK_SECRET = "whsec_Y2FyaWxsb24tZGVtby1vbmx5LW5vdC1hLXNlY3JldA=="  # noqa: S105

_MAIL = """\
<div style="font:16px/1.6 -apple-system,'Segoe UI',Roboto,sans-serif;color:#1d2433;\
max-width:34rem;margin:0 auto;padding:2rem 1.5rem">
  <p style="margin:0 0 1.5rem;font-weight:600;color:#6d4aff">Carillon</p>
  %s
  <p style="margin:2rem 0 0;padding-top:1rem;border-top:1px solid #e6e8ee;font-size:13px;\
color:#7a8194">Sent by the demo tenant. It landed in the outbox and nowhere else.</p>
</div>
"""

_WELCOME = {
    "slug": "welcome",
    "name": "Welcome",
    "description": "Somebody opened an account",
    "input_schema": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "account": {"type": "string"},
            "plan": {"type": "string", "enum": ["free", "team", "business"]},
        },
        "required": ["account"],
    },
    "sample": {"name": "Ana", "account": "W-2048", "plan": "team"},
    "templates": [
        {
            "medium": "email",
            "subject": "Welcome{% if name %}, {{ name }}{% endif %}!",
            "body": (
                "Hello{% if name %} {{ name }}{% endif %},\n\n"
                "your account {{ account }} is ready"
                "{% if plan %}, on the {{ plan }} plan{% endif %}.\n"
                "Reply to this mail whenever you get stuck; a person reads it.\n"
            ),
            "html": _MAIL
            % (
                '<h1 style="font-size:26px;line-height:1.25;margin:0 0 1rem">'
                "Welcome{% if name %}, {{ name }}{% endif %}!</h1>"
                "<p>Your account <b>{{ account }}</b> is ready"
                "{% if plan %}, on the {{ plan }} plan{% endif %}.</p>"
                "<p>Reply to this mail whenever you get stuck; a person reads it.</p>"
            ),
        }
    ],
}

_ORDER_SHIPPED = {
    "slug": "order-shipped",
    "name": "Order shipped",
    "description": "A parcel left the warehouse",
    "input_schema": {
        "type": "object",
        "properties": {
            "order": {"type": "string"},
            "carrier": {"type": "string"},
            "eta": {"type": "string"},
            "items": {"type": "array", "items": {"type": "string"}, "maxItems": 100},
        },
        "required": ["order"],
    },
    "sample": {
        "order": "A-1042",
        "carrier": "DHL",
        "eta": "Thursday",
        "items": ["Desk lamp", "Notebook"],
    },
    "templates": [
        {
            "medium": "email",
            "subject": "Order {{ order }} is on its way",
            "body": (
                "Hello{% if subscriber.firstName %} {{ subscriber.firstName }}{% endif %},\n\n"
                "order {{ order }} left our warehouse"
                "{% if carrier %} with {{ carrier }}{% endif %}"
                "{% if eta %} and should arrive {{ eta }}{% endif %}.\n"
                "{% for item in items %}\n  - {{ item }}{% endfor %}\n"
            ),
            "html": _MAIL
            % (
                '<h1 style="font-size:26px;line-height:1.25;margin:0 0 1rem">'
                "Order {{ order }} is on its way</h1>"
                "<p>It left our warehouse{% if carrier %} with <b>{{ carrier }}</b>{% endif %}"
                "{% if eta %} and should arrive <b>{{ eta }}</b>{% endif %}.</p>"
                "<ul>{% for item in items %}<li>{{ item }}</li>{% endfor %}</ul>"
            ),
        },
        {
            "medium": "chat",
            "subject": "Order {{ order }} shipped",
            "body": (
                "Order {{ order }} is on its way"
                "{% if carrier %} with {{ carrier }}{% endif %}"
                "{% if eta %}, due {{ eta }}{% endif %}."
            ),
        },
        {
            "medium": "in_app",
            "subject": "Order {{ order }} shipped",
            "body": "It left our warehouse{% if eta %} and is due {{ eta }}{% endif %}.",
            "in_app": {"primary": "Track it", "primary_url": "/orders/{{ order }}"},
        },
    ],
}

_DEPLOY_FINISHED = {
    "slug": "deploy-finished",
    "name": "Deploy finished",
    "description": "A new version is live",
    "input_schema": {
        "type": "object",
        "properties": {
            "service": {"type": "string"},
            "version": {"type": "string"},
            "environment": {"type": "string"},
            "seconds": {"type": "number", "minimum": 0},
        },
        "required": ["service", "version"],
    },
    "sample": {
        "service": "checkout",
        "version": "2.14.0",
        "environment": "production",
        "seconds": 48,
    },
    "templates": [
        {
            "medium": "chat",
            "subject": "{{ service }} {{ version }} is live",
            "body": (
                "{{ service }} {{ version }} is live"
                "{% if environment %} in {{ environment }}{% endif %}"
                "{% if seconds %} after {{ seconds }} s{% endif %}."
            ),
        }
    ],
}

# Examples in the shape that SailPoint's Python client validates.
_CHANGED = {
    "type": "object",
    "properties": {
        "identity": {
            "type": "object",
            "properties": {
                "type": {"type": "string"},
                "id": {"type": "string"},
                "name": {"type": "string"},
            },
            "required": ["id"],
        },
        "changes": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["identity"],
}
_CHANGE = {
    "identity": {"type": "IDENTITY", "id": "ee769173319b41d19ccec6cea52f237b", "name": "ana"},
    "changes": [{"attribute": "department", "oldValue": "sales", "newValue": "marketing"}],
}
TRIGGERS: list[dict[str, Any]] = [
    {
        "slug": "test:request-response",
        "name": "Test, with an answer",
        "description": "Somebody changed; subscribers say whether they approve",
        "input_schema": _CHANGED,
        "output_schema": {
            "type": "object",
            "properties": {"approved": {"type": "boolean"}, "comment": {"type": "string"}},
            "required": ["approved"],
        },
        "sample": _CHANGE,
        "templates": [],
    },
    {
        "slug": "test:fire-and-forget",
        "name": "Test, without an answer",
        "description": "Somebody changed",
        "input_schema": _CHANGED,
        "sample": _CHANGE,
        "templates": [],
    },
]

_PEOPLE = {"ana": ("Ana", "Almeida"), "ben": ("Ben", "Bauer"), "chloe": ("Chloe", "Chen")}


def contents(outbox_url: str) -> dict[str, Any]:
    """Return the contents in the admin API's format, with the outbox as every target."""
    return {
        "integrations": [
            {
                "identifier": "mail",
                "name": "Email",
                "provider": "ses",
                "settings": {"from": "hello@carillon.example"},
            },
            {
                "identifier": "slack",
                "name": "Slack",
                "provider": "slack",
                "settings": {"webhook_url": f"{outbox_url}/slack/T0/B0/team"},
            },
            {
                "identifier": "teams",
                "name": "Teams",
                "provider": "msteams",
                "settings": {"webhook_url": f"{outbox_url}/msteams/workflows/team"},
            },
            {
                "identifier": "orders-webhook",
                "name": "Order system",
                "provider": "webhook",
                "settings": {"url": f"{outbox_url}/webhook/orders", "secret": WEBHOOK_SECRET},
            },
        ],
        "event_types": [_WELCOME, _ORDER_SHIPPED, _DEPLOY_FINISHED, *TRIGGERS],
        "subscribers": [
            {
                "id": id,
                "email": f"{id}@carillon.example",
                "first_name": first,
                "last_name": last,
                "channels": [
                    {"provider": "slack", "webhook_url": f"{outbox_url}/slack/T0/B0/{id}"}
                ],
            }
            for id, (first, last) in _PEOPLE.items()
        ],
        "topics": [{"key": "engineering", "name": "Engineering", "members": list(_PEOPLE)}],
        "subscriptions": [
            {"event_type": "order-shipped", "integration": "orders-webhook", "name": "Orders"}
        ],
    }
