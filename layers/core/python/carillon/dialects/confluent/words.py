"""Confluent's words: where a body says it, with dots for the slashes of a JSON pointer."""

from carillon.dialects.words import Words, members
from carillon.domain.base.terms import FieldName, Noun


def _integrations(_within: str) -> str:
    """Return the list of integrations, the only targets that a subscription has here."""
    return "integrations"


WORDS = Words(
    fields={
        FieldName.ACTIVE: "current_state",
        FieldName.CURSOR: "page_token",
        FieldName.EVENT_TYPE: "notification_type.id",
        FieldName.SETTINGS: "target",
        FieldName.TARGET: _integrations,
    },
    same=members(FieldName, "id"),
    unsaid=members(
        FieldName,
        "attachments "
        "address after answer before body channels copies data email environments "
        "expires_at filter html in_app input input_schema integration medium key message name "
        "native offset order output output_schema overrides page payload phone primary "
        "provider registrations sample sample_output since subject subscriptions template "
        "templates text topic",
    ),
    absences={
        Noun.EVENT_TYPE: "notification type {id!r} not found",
    },
    plain=members(
        Noun,
        "action api_key application context integration invocation message notification "
        "provider queue sender subscriber subscription template tenant topic",
    ),
)
