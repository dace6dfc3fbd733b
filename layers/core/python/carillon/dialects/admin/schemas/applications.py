"""Applications and projects on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool

from carillon.dialects.admin.schemas.common import (
    Description,
    Name,
    OptionalName,
    Request,
    Response,
    wrong,
)
from carillon.domain.base.ids import is_slug

_DEPTH = 2


def _path(value: str) -> str:
    parts = value.split("/")
    if len(parts) > _DEPTH or not all(is_slug(part) for part in parts):
        raise wrong("must be 'project/application', or 'project' for a project: slugs")
    return value


class CreateApplicationRequest(Request):
    application: Annotated[str, Field(max_length=201), AfterValidator(_path)] = Field(
        description="`project/application`, or `project` for a project itself"
    )
    name: OptionalName = Field(default="", description="Default: the last part of its path")
    description: Description = ""
    active: StrictBool = True
    locked: StrictBool = Field(
        default=False, description="Locked: triggering its events is refused"
    )
    paused: StrictBool = Field(
        default=False, description="Paused: recorded, and delivered to nobody"
    )


class ChangeApplicationRequest(Request):
    name: Name = ""
    description: Description = ""
    active: StrictBool = True
    locked: StrictBool = False
    paused: StrictBool = False


class ApplicationResponse(Response):
    application: str
    name: str
    description: str
    active: bool
    locked: bool
    paused: bool
    created_at: datetime
    updated_at: datetime
