"""Event types and their templates on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from carillon.dialects.admin.schemas.common import (
    Application,
    Description,
    JsonObject,
    Locale,
    Name,
    PageQuery,
    Request,
    Response,
    Slug,
    at_most,
)
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import Priority, Severity
from carillon.domain.catalogue.templates import DEFAULT_LOCALE

_TEMPLATE_LIMIT = 300 * 1024  # bytes of one item, of the 400 KB that it may have

ProviderId = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]*$")]
Schema = Annotated[JsonObject | None, at_most(64)]
Sample = Annotated[JsonObject | None, at_most(64)]
Link = Annotated[str, Field(max_length=2048)]
Label = Annotated[str, Field(max_length=256)]
Category = Annotated[str, Field(max_length=64)]
Tags = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=64)], ...], Field(max_length=16)
]


class ApplicationQuery(Request):
    application: Application | None = Field(default=None, description="Default: the API key's")


class TemplateQuery(ApplicationQuery):
    provider: ProviderId = Field(default="", description="The words for this provider alone")
    custom: bool = Field(default=False, description="Those in the place of the default ones")


class ApplicationPageQuery(PageQuery):
    application: Application | None = Field(default=None, description="Default: the API key's")


class CreateEventTypeRequest(Request):
    slug: Slug
    name: Name
    application: Application | None = Field(default=None, description="Default: the API key's")
    description: Description = ""
    input_schema: Schema = Field(default=None, description="JSON Schema of the payload")
    output_schema: Schema = None
    sample: Sample = Field(default=None, description="A payload that the input schema accepts")
    sample_output: Sample = Field(default=None, description="An answer to it")
    category: Category = ""
    tags: Tags = ()
    priority: Priority = Field(default=Priority.OPTIONAL, description="May people do without it?")
    severity: Severity = Severity.INFO
    active: StrictBool = True
    locked: StrictBool = Field(default=False, description="Locked: triggering it is refused")
    paused: StrictBool = Field(
        default=False, description="Paused: recorded, and delivered to nobody"
    )


class ChangeEventTypeRequest(Request):
    """Only what is given changes; null takes a schema or the sample away."""

    name: Name = ""
    description: Description = ""
    input_schema: Schema = None
    output_schema: Schema = None
    sample: Sample = None
    sample_output: Sample = None
    category: Category = ""
    tags: Tags = ()
    priority: Priority = Priority.OPTIONAL
    severity: Severity = Severity.INFO
    active: StrictBool = True
    locked: StrictBool = False
    paused: StrictBool = False


class InAppRequest(Request):
    """What an in-app message shows beside its words; each is a Liquid source."""

    avatar: Link = ""
    url: Link = Field(default="", description="Where the message itself leads")
    primary: Label = Field(default="", description="The label of its first button")
    primary_url: Link = ""
    secondary: Label = ""
    secondary_url: Link = ""


class PutTemplateRequest(Request):
    """Subject, body and HTML are Liquid sources."""

    medium: Channel
    provider: ProviderId = Field(default="", description="For one provider of the medium alone")
    locale: Locale = DEFAULT_LOCALE
    subject: str = Field(default="", max_length=1000, description="A mail's subject, a push title")
    body: str = Field(min_length=1, max_length=65_536)
    html: str = Field(default="", max_length=65_536, description="A mail's HTML, beside its text")
    active: StrictBool = True
    in_app: InAppRequest | None = None

    @model_validator(mode="after")
    def fits_an_item(self) -> Self:
        if len((self.subject + self.body + self.html).encode()) > _TEMPLATE_LIMIT:
            raise PydanticCustomError("carillon", "must not be larger than 300 KB altogether")
        return self


class EventTypeResponse(Response):
    slug: str
    name: str
    application: str
    description: str
    input_schema: JsonObject | None
    output_schema: JsonObject | None
    sample: JsonObject | None
    sample_output: JsonObject | None
    category: str
    tags: list[str]
    priority: Priority
    severity: Severity
    active: bool
    locked: bool
    paused: bool
    media: dict[Channel, bool] = Field(
        description="The media that have a template, and whether one of them is active"
    )
    version: int
    created_at: datetime
    updated_at: datetime


class TemplateResponse(Response):
    event_type: str
    application: str
    medium: Channel
    provider: str = Field(description="The one they are for; empty for all of the medium")
    locale: str
    custom: bool = Field(description="Whether it is in the place of a default one")
    subject: str
    body: str
    html: str
    active: bool
    in_app: dict[str, str] | None
    updated_at: datetime
