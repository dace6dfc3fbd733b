"""The domain's own names for what an error is about: fields that are wrong, things that are absent.

Callers read a dialect's words instead: each dialect translates all of them in its `words.py`.
"""

from enum import StrEnum


class FieldName(StrEnum):
    """A field that the core checks, wherever a request holds it. The value is for logs."""

    ACTIVE = "active"
    ADDRESS = "address"  # of a recipient, as a provider takes it
    AFTER = "after"  # the cursor that a part of a list follows
    ANSWER = "answer"  # of an endpoint, as a whole
    ATTACHMENTS = "attachments"  # of an event's mails
    BEFORE = "before"  # the cursor that a part of a list precedes
    BODY = "body"  # of a template or a message
    CHANNELS = "channels"  # that an event is narrowed to
    COPIES = "copies"  # of a mail
    CURSOR = "cursor"
    DATA = "data"  # of a subscriber or a message: JSON of the tenant's own
    EMAIL = "email"
    ENVIRONMENTS = "environments"
    EVENT_TYPE = "event_type"
    EXPIRES_AT = "expires_at"
    FILTER = "filter"  # of a subscription
    HTML = "html"  # of a template
    ID = "id"
    IN_APP = "in_app"  # of a template: the parts that only a feed shows
    INPUT = "input"  # of a test event
    INPUT_SCHEMA = "input_schema"
    INTEGRATION = "integration"
    KEY = "key"  # of a topic
    MEDIUM = "medium"  # of a template
    MESSAGE = "message"
    NAME = "name"
    NATIVE = "native"  # of a template: the provider's own fields
    OFFSET = "offset"
    ORDER = "order"  # of a list
    OUTPUT = "output"  # of an endpoint: the data in its answer
    OUTPUT_SCHEMA = "output_schema"
    OVERRIDES = "overrides"
    PAGE = "page"  # by its number
    PAYLOAD = "payload"  # of an event
    PHONE = "phone"
    PRIMARY = "primary"
    PROVIDER = "provider"
    REGISTRATIONS = "registrations"  # of a subscriber with applications
    SAMPLE = "sample"  # payload of an event type
    SAMPLE_OUTPUT = "sample_output"
    SETTINGS = "settings"  # of an integration
    SINCE = "since"  # the start of a time span
    SUBJECT = "subject"
    SUBSCRIPTIONS = "subscriptions"
    TARGET = "target"  # of a subscription
    TEMPLATE = "template"
    TEMPLATES = "templates"  # of an event type, by their position
    TEXT = "text"  # of a message
    TOPIC = "topic"


class Noun(StrEnum):
    """A kind of thing that can be absent."""

    ACTION = "action"  # a button of an in-app message
    API_KEY = "api key"
    APPLICATION = "application"
    CONTEXT = "context"
    EVENT_TYPE = "event type"
    INTEGRATION = "integration"
    INVOCATION = "invocation"
    MESSAGE = "message"
    NOTIFICATION = "notification"  # all that one invocation tells one subscriber
    PROVIDER = "provider"
    QUEUE = "queue"
    SENDER = "sender"
    SUBSCRIBER = "subscriber"
    SUBSCRIPTION = "subscription"
    TEMPLATE = "template"
    TENANT = "tenant"
    TOPIC = "topic"
