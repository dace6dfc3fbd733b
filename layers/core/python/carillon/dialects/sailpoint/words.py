"""SailPoint's words: the names that fields have in its requests."""

from collections.abc import Mapping

from carillon.dialects.words import Words, members
from carillon.domain.base.terms import FieldName, Noun

_SETTINGS: Mapping[str, str] = {
    "": "httpConfig",
    "account": "eventBridgeConfig.awsAccount",
    "bearer_token": "httpConfig.bearerTokenAuthConfig.bearerToken",
    "endpoint": "httpConfig.url",
    "password": "httpConfig.basicAuthConfig.password",
    "region": "eventBridgeConfig.awsRegion",
    "user_name": "httpConfig.basicAuthConfig.userName",
}
_SLACKS = frozenset({"attachments", "blocks"})


def _setting(within: str) -> str:
    """Return where a subscription has a setting of its endpoint."""
    return _SETTINGS.get(within, within)


def _native(within: str) -> str:
    """Return where a template has Slack's own fields; any others are those of Teams."""
    name = within.partition(".")[0]
    return f"slackTemplate.{name}" if name in _SLACKS else "teamsTemplate.messageJSON"


WORDS = Words(
    fields={
        FieldName.ADDRESS: "mailFromDomain",
        FieldName.ANSWER: "",
        FieldName.EVENT_TYPE: "triggerId",
        FieldName.HTML: "body",
        FieldName.NATIVE: _native,
        FieldName.PAYLOAD: "context",
        FieldName.SETTINGS: _setting,
        FieldName.SUBSCRIPTIONS: "subscriptionIds",
    },
    same=members(
        FieldName, "body email filter id input integration medium output subject template"
    ),
    unsaid=members(
        FieldName,
        "attachments "
        "active after before channels copies cursor data environments expires_at "
        "in_app input_schema key message name offset order output_schema overrides page phone "
        "primary provider registrations sample sample_output since target templates text topic",
    ),
    absences={
        Noun.EVENT_TYPE: "notification or trigger {id!r} not found",
        Noun.TEMPLATE: "notification template {id!r} not found",
    },
    plain=members(
        Noun,
        "action api_key application context integration invocation message notification "
        "provider queue sender subscriber subscription tenant topic",
    ),
)
