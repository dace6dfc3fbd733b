"""Base models and field types of SailPoint's API: unknown fields are ignored, null is absent."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from carillon.dialects.common import is_email, is_language_tag, zulu
from carillon.domain.catalogue.templates import canonical_locale

type Id = Annotated[str, Field(min_length=1, max_length=100)]
type Medium = Literal["EMAIL", "SLACK", "TEAMS"]

# A time with milliseconds, for fields where SailPoint's answers have them.
Milliseconds = Annotated[
    datetime,
    PlainSerializer(zulu, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


class Wire(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True
    )


def _email(text: str) -> str:
    if not is_email(text):
        raise ValueError("must be an email address")
    return text


def _locale(text: str) -> str:
    if not is_language_tag(text):
        raise ValueError("must be a language tag, such as en or de-CH")
    return canonical_locale(text)


Key = Annotated[str, Field(min_length=1, max_length=255)]
Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
Locale = Annotated[str, Field(max_length=35), AfterValidator(_locale)]
