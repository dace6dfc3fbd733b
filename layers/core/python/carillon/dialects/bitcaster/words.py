"""Bitcaster's words for the domain's fields and nouns: the keys of a 400, the text of a 404."""

from carillon.dialects.words import Words, members
from carillon.domain.base.terms import FieldName, Noun

WORDS = Words(
    fields={
        FieldName.ADDRESS: "value",
        FieldName.CHANNELS: "options.channels",
        FieldName.DATA: "custom_fields",
        FieldName.ENVIRONMENTS: "options.environs",
        FieldName.ID: "username",
        FieldName.PAYLOAD: "payload_context",
        FieldName.REGISTRATIONS: "username",
        FieldName.TOPIC: "distribution_list",
    },
    same=members(FieldName, "cursor"),
    unsaid=members(
        FieldName,
        "attachments "
        "active after answer before body copies email event_type expires_at filter html "
        "in_app input input_schema integration medium key message name native offset order "
        "output output_schema overrides page phone primary provider sample sample_output "
        "settings since subject subscriptions target template templates text",
    ),
    absences=dict.fromkeys(Noun, "Not found."),
    plain=frozenset(),
)
