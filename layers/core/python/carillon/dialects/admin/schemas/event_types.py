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
from carillon.domain.catalogue.templates import DEFAULT_LOCALE, Language

_TEMPLATE_LIMIT = 300 * 1024  # bytes; DynamoDB limits an item to 400 KB

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
    provider: ProviderId = Field(default="", description="The template for this provider only")
    custom: bool = Field(default=False, description="Custom templates, which replace default ones")


class ApplicationPageQuery(PageQuery):
    application: Application | None = Field(default=None, description="Default: the API key's")


class CreateEventTypeRequest(Request):
    slug: Slug
    name: Name
    application: Application | None = Field(default=None, description="Default: the API key's")
    description: Description = ""
    input_schema: Schema = Field(default=None, description="JSON Schema of the payload")
    output_schema: Schema = None
    sample: Sample = Field(default=None, description="A payload that satisfies the input schema")
    sample_output: Sample = Field(default=None, description="A reply to the sample")
    category: Category = ""
    tags: Tags = ()
    priority: Priority = Field(
        default=Priority.OPTIONAL, description="Whether subscribers may opt out"
    )
    severity: Severity = Severity.INFO
    active: StrictBool = True
    locked: StrictBool = Field(default=False, description="Locked: triggering it is refused")
    paused: StrictBool = Field(
        default=False, description="Paused: recorded, and delivered to nobody"
    )


class ChangeEventTypeRequest(Request):
    """Only the given fields change; null removes a schema or a sample."""

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
    """Parts of an in-app message besides its text; each is a Liquid source."""

    avatar: Link = ""
    url: Link = Field(default="", description="Where a click on the message leads")
    primary: Label = Field(default="", description="The label of the first button")
    primary_url: Link = ""
    secondary: Label = ""
    secondary_url: Link = ""


class PutTemplateRequest(Request):
    """Subject, body and HTML are Liquid sources."""

    medium: Channel
    provider: ProviderId = Field(default="", description="Only for this provider of the medium")
    locale: Locale = DEFAULT_LOCALE
    subject: str = Field(
        default="", max_length=1000, description="Subject of a mail, title of a push"
    )
    body: str = Field(min_length=1, max_length=65_536)
    html: str = Field(default="", max_length=65_536, description="HTML of a mail, besides its text")
    active: StrictBool = True
    in_app: InAppRequest | None = None

    @model_validator(mode="after")
    def fits_an_item(self) -> Self:
        if len((self.subject + self.body + self.html).encode()) > _TEMPLATE_LIMIT:
            raise PydanticCustomError("carillon", "must not be larger than 300 KB in total")
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
        description="Media with a template; true if one of their templates is active"
    )
    version: int
    created_at: datetime
    updated_at: datetime


class TemplateResponse(Response):
    event_type: str
    application: str
    medium: Channel
    provider: str = Field(description="Empty: for all providers of the medium")
    locale: str
    custom: bool = Field(description="Whether it replaces a default template")
    language: Language = Field(description="The language of its texts")
    subject: str
    body: str
    html: str
    active: bool
    in_app: dict[str, str] | None
    updated_at: datetime
