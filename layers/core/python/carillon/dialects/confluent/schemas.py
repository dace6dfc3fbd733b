"""Requests and responses of notifications/v1. Unknown fields are ignored: clients send many.

Source: https://docs.confluent.io/cloud/current/api.html#tag/Integrations-(notificationsv1)
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

API_VERSION = "notifications/v1"

# The provider of a kind of target, and the setting that holds the target's URL.
KINDS: Mapping[str, tuple[str, str]] = {
    "Webhook": ("webhook", "url"),
    "Slack": ("slack", "webhook_url"),
    "MsTeams": ("msteams", "webhook_url"),
}
ACCESS_TOKEN: Literal["urn:ietf:params:oauth:token-type:access_token"] = (
    "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type, not a token
)
_MOST_INTEGRATIONS = 100  # of one subscription

type Category = Literal["BILLING_LICENSING", "SECURITY", "SERVICE", "ACCOUNT"]
type ResourceType = Literal[
    "ORGANIZATION", "ENVIRONMENT", "CLUSTER", "CONNECTOR", "FLINK_COMPUTE_POOL", "FLINK_STATEMENT"
]
type State = Literal["ENABLED", "DISABLED"]


def _kind(kind: str) -> str:
    """Take `SlackTarget` as well, as Terraform's provider writes it."""
    plain = kind.removesuffix("Target")
    if plain not in KINDS:
        raise PydanticCustomError(
            "carillon", "must be Webhook, Slack or MsTeams: others cannot be created or tested here"
        )
    return plain


class _Given(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Shown(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TokenRequest(_Given):
    """A token exchange (RFC 8693). The subject token must be one of our API keys."""

    grant_type: Literal["urn:ietf:params:oauth:grant-type:token-exchange"]
    subject_token: str = Field(min_length=1, max_length=4096)
    subject_token_type: Literal[
        "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:access_token"
    ]
    requested_token_type: Literal["urn:ietf:params:oauth:token-type:access_token"] = ACCESS_TOKEN
    expires_in: int = Field(default=900, ge=1, le=900, description="Seconds")


class TokenResponse(_Shown):
    access_token: str
    issued_token_type: str = ACCESS_TOKEN
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a type, not a token
    expires_in: int


class ListQuery(BaseModel):
    """Unknown filters are refused, as in the published example of a 400."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    page_size: int = Field(default=100, ge=1, le=250)
    page_token: str = Field(default="", max_length=512)


class NotificationTypesQuery(ListQuery):
    resource_type: ResourceType | None = None


class GivenReference(_Given):
    id: str = Field(min_length=1, max_length=255)


class GivenTarget(_Given):
    kind: Annotated[str, AfterValidator(_kind)]
    url: str | None = None
    webhook_url: str | None = None


class IntegrationRequest(_Given):
    display_name: str = Field(max_length=64)
    description: str = Field(default="", max_length=128)
    target: GivenTarget


class TestRequest(IntegrationRequest):
    """`id` is ours: a saved integration, tested with these changes."""

    id: Annotated[str | None, Field(max_length=255)] = None


class IntegrationUpdate(_Given):
    """Only the given fields change."""

    display_name: str | None = Field(default=None, max_length=64)
    description: str | None = Field(default=None, max_length=128)
    target: GivenTarget | None = None


Integrations = Annotated[list[GivenReference], Field(min_length=1, max_length=_MOST_INTEGRATIONS)]


class SubscriptionRequest(_Given):
    notification_type: GivenReference
    integrations: Integrations
    current_state: Annotated[State, BeforeValidator(lambda given: given or "ENABLED")] = "ENABLED"


class SubscriptionUpdate(_Given):
    """Only the given fields change; the notification type cannot."""

    notification_type: GivenReference | None = None
    integrations: Integrations | None = None
    current_state: State | None = None


class Metadata(_Shown):
    url: str = Field(serialization_alias="self")
    resource_name: str
    created_at: datetime
    updated_at: datetime


class Reference(_Shown):
    id: str
    related: str
    resource_name: str


class Target(_Shown):
    kind: str
    url: str | None = None
    webhook_url: str | None = None


class _Resource(_Shown):
    api_version: str = API_VERSION
    id: str
    metadata: Metadata


class Integration(_Resource):
    kind: Literal["Integration"] = "Integration"
    display_name: str
    description: str | None = None
    target: Target


class Subscription(_Resource):
    kind: Literal["Subscription"] = "Subscription"
    current_state: State
    notification_type: Reference
    integrations: list[Reference]


class NotificationType(_Resource):
    kind: Literal["NotificationType"] = "NotificationType"
    display_name: str
    category: Category
    description: str
    subscription_priority: Literal["REQUIRED", "RECOMMENDED", "OPTIONAL"]
    is_included_in_plan: bool
    severity: Literal["CRITICAL", "WARN", "INFO"]


class ListMetadata(_Shown):
    """URLs of pages; the last page has no `next`."""

    first: str
    last: str
    prev: str | None = None
    next: str | None = None
    total_size: int


class _List(_Shown):
    api_version: str = API_VERSION
    metadata: ListMetadata


class IntegrationList(_List):
    kind: Literal["IntegrationList"] = "IntegrationList"
    data: list[Integration]


class SubscriptionList(_List):
    kind: Literal["SubscriptionList"] = "SubscriptionList"
    data: list[Subscription]


class NotificationTypeList(_List):
    kind: Literal["NotificationTypeList"] = "NotificationTypeList"
    data: list[NotificationType]
