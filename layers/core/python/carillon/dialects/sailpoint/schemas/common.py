"""What the notifications' bodies share. Unknown fields are ignored, null means absent."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from carillon.domain.catalogue.templates import canonical_locale

_EMAIL = re.compile(r"[^@\s,;<>\x00-\x1f\x7f]+@[^@\s,;<>\x00-\x1f\x7f]+\Z")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}\Z")

type Medium = Literal["EMAIL", "SLACK", "TEAMS"]


class Wire(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True
    )


def _email(text: str) -> str:
    if not _EMAIL.match(text):
        raise ValueError("must be an email address")
    return text


def _locale(text: str) -> str:
    if not _LOCALE.match(text):
        raise ValueError("must be a language tag, such as en or de-CH")
    return canonical_locale(text)


Key = Annotated[str, Field(min_length=1, max_length=255)]
Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
Locale = Annotated[str, Field(max_length=35), AfterValidator(_locale)]
