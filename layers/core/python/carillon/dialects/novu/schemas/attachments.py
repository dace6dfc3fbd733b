"""Attachments of an event on the wire.

Source: https://docs.novu.co/platform/integrations/email#sending-attachments
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AliasChoices,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

from carillon.dialects.common import is_any_url
from carillon.dialects.novu.schemas.common import Wire, format_of, wrong
from carillon.domain.base.network import is_public_url
from carillon.domain.intake.attachments import MOST

_MULTIPART = "multipart/"  # has parts of its own, which a file cannot have
# As browsers write a file that they have read: its type, with parameters, and base64.
_DATA_URI = re.compile(r"data:([^;,]*)(?:;[^,]*)?;base64,", re.IGNORECASE)


def _base64(value: Any) -> Any:
    """Return the file's canonical base64; a Node buffer is written as a list of bytes."""
    match value:
        case {"type": "Buffer", "data": list(data)}:
            try:
                return base64.b64encode(bytes(data)).decode()
            except (TypeError, ValueError):
                raise wrong("must be a buffer of bytes, or base64") from None
        case str():
            padded = "".join(value.split()) + "=" * (-len("".join(value.split())) % 4)
            try:
                return base64.b64encode(base64.b64decode(padded, validate=True)).decode()
            except binascii.Error:
                raise wrong("must be base64") from None
        case _:
            return value


def _is_https(url: str) -> bool:
    return is_any_url(url) and url.lower().startswith("https://") and is_public_url(url)


def _is_one_file(mime: str) -> bool:
    return not mime.lower().startswith(_MULTIPART)


type FileName = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f/\\]+$")
]
type Mime = Annotated[
    str,
    StringConstraints(max_length=78, pattern=r"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$"),
    format_of(_is_one_file, "the type of one file"),
]
type ContentId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@+-]{1,78}$")]
type PublicUrl = Annotated[
    str,
    StringConstraints(max_length=2048),
    format_of(_is_https, "an https URL of a host on the public internet"),
]


class AttachmentPayload(Wire):
    """A file of the mails: its content in base64, or a URL that it is fetched from."""

    model_config = ConfigDict(extra="forbid")

    name: FileName = Field(validation_alias=AliasChoices("name", "filename"))
    file: Annotated[str, BeforeValidator(_base64)] | None = None
    url: PublicUrl | None = Field(None, validation_alias=AliasChoices("url", "path"))
    mime: Mime | None = Field(None, validation_alias=AliasChoices("mime", "contentType"))
    cid: ContentId | None = None
    disposition: Literal["attachment", "inline"] | None = None
    channels: list[str] | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_data_uri(cls, given: Any) -> Any:
        """Take the file out of a data URI, and its type if the caller says no other."""
        if not isinstance(given, dict) or not isinstance(file := given.get("file"), str):
            return given
        uri = _DATA_URI.match(file)
        if uri is None:
            return given
        said = given.get("mime") or given.get("contentType") or uri[1] or None
        others = {name: value for name, value in given.items() if name != "contentType"}
        return others | {"file": file[uri.end() :], "mime": said}

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.file is None) == (self.url is None):
            raise wrong("must have either a file or a url")
        if self.channels and "email" not in self.channels:
            raise wrong("must be for email: only mails have attachments")
        return self

    def described(self) -> Mapping[str, Any]:
        """Return the facts that the payload keeps of the file, for templates."""
        return self.model_dump(by_alias=True, exclude={"file", "channels"}, exclude_none=True)


ATTACHMENTS = TypeAdapter[list[AttachmentPayload]](
    Annotated[list[AttachmentPayload], Field(max_length=MOST)]
)
