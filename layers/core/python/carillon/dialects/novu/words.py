"""Novu's words: the names of fields in its requests, and its sentences for what is absent."""

from carillon.dialects.words import Words, members
from carillon.domain.base.terms import FieldName, Noun


def _step(within: str) -> str:
    """Return `steps.0.controlValues.body` for `0.body`; a part's own parts are controls too."""
    number, *parts = within.split(".")
    part = "body" if parts[-1] == "html" else parts[-1]
    return f"steps.{number}.controlValues.{part}"


def _override(within: str) -> str:
    """Return `overrides.email.integrationIdentifier` for `email.integration`."""
    table, _, name = within.rpartition(".")
    own = "integrationIdentifier" if name == "integration" else name
    return ".".join(filter(None, ("overrides", table, own)))


def _schema(_within: str) -> str:
    """Return the schema that the stored sample does not satisfy: workflows show no sample."""
    return "payloadSchema"


WORDS = Words(
    fields={
        FieldName.ADDRESS: "providerId",
        FieldName.EVENT_TYPE: "workflowId",
        FieldName.INPUT_SCHEMA: "payloadSchema",
        FieldName.MESSAGE: "messageId",
        FieldName.ORDER: "orderBy",
        FieldName.OVERRIDES: _override,
        FieldName.PAYLOAD: "",
        FieldName.PROVIDER: "providerId",
        FieldName.SAMPLE: _schema,
        FieldName.SETTINGS: "credentials",
        FieldName.SINCE: "after",
        FieldName.TEMPLATES: _step,
    },
    same=members(FieldName, "after before data id key name offset page phone primary"),
    unsaid=members(
        FieldName,
        "attachments "
        "active answer body channels copies cursor email environments expires_at "
        "filter html in_app input integration medium native output output_schema "
        "registrations sample_output subject subscriptions target "
        "template text topic",
    ),
    absences={
        Noun.CONTEXT: "Tenant with identifier: {id} does not exist",
        Noun.EVENT_TYPE: "workflow {id!r} not found",
        Noun.SUBSCRIBER: "Subscriber not found for id {id}",
        Noun.TEMPLATE: "step {id!r} not found",
        Noun.TOPIC: "Topic with key {id} not found",
    },
    plain=members(
        Noun,
        "action api_key application integration invocation message notification provider "
        "queue sender subscription tenant",
    ),
)
