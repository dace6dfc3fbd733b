"""Integrations on the wire. Credentials have Novu's names.

Source: https://docs.novu.co/api-reference/integrations/integration-schema
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictBool, StringConstraints

from carillon.dialects.novu.schemas.common import Wire, refused, wrong
from carillon.dialects.novu.schemas.steps import Name

type Channel = Literal["in_app", "email", "sms", "chat", "push", "tool"]
# No control characters, since it becomes part of a key.
type Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")
]
type ConditionType = Literal[
    "BOOLEAN", "TEXT", "DATE", "NUMBER", "STATEMENT", "LIST", "MULTI_LIST", "GROUP"
]
type Credentials = Annotated[dict[str, Any], Field(max_length=64)]


class Comparison(Wire):
    on: Literal["tenant"]
    field: Literal["identifier"]
    operator: Literal["EQUAL", "NOT_EQUAL", "IN", "ANY_IN", "NOT_IN"]
    value: Annotated[str, StringConstraints(max_length=2048)]


class Condition(Wire):
    """A group of comparisons with the event's tenant."""

    is_negated: StrictBool = False
    type: ConditionType = "GROUP"
    value: Literal["AND", "OR"] = "AND"
    children: Annotated[list[Comparison], Field(max_length=50)] = Field(default_factory=list)


def _delivers(kind: str | None) -> str | None:
    if kind == "agent":
        raise wrong("must be delivery: there are no agents")
    return kind


_CHECK = "send a message by the integration to try it"
_CONFIGURATIONS = "providers' delivery reports are not taken in"

type Conditions = Annotated[list[Condition], Field(max_length=10)]


class CreateIntegrationRequest(Wire):
    provider_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    channel: Channel | None = None
    name: Name | None = None
    identifier: Identifier | None = None
    credentials: Credentials | None = None
    active: StrictBool | None = None
    conditions: Conditions | None = None
    kind: Annotated[Literal["delivery", "agent"] | None, AfterValidator(_delivers)] = None
    environment: Identifier | None = Field(None, alias="_environmentId")
    check: Annotated[None, refused(_CHECK)] = None
    configurations: Annotated[None, refused(_CONFIGURATIONS)] = None


class UpdateIntegrationRequest(Wire):
    """Only the given fields change. Credentials are replaced; `***` keeps a stored one."""

    name: Name | None = None
    identifier: Identifier | None = None
    credentials: Credentials | None = None
    active: StrictBool | None = None
    conditions: Conditions | None = None
    environment: Identifier | None = Field(None, alias="_environmentId")
    check: Annotated[None, refused(_CHECK)] = None
    configurations: Annotated[None, refused(_CONFIGURATIONS)] = None


class IntegrationResponse(Wire):
    id: str = Field(alias="_id")
    environment_id: str = Field(alias="_environmentId")
    organization_id: str = Field(alias="_organizationId")
    name: str
    identifier: str
    provider_id: str
    channel: Channel
    credentials: dict[str, Any]
    active: bool
    primary: bool
    conditions: list[Condition]
    kind: Literal["delivery"] = "delivery"
    deleted: Literal[False] = False
