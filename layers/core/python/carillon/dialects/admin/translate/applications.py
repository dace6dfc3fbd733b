"""Translate applications and projects between wire and domain."""

from datetime import datetime

from carillon.dialects.admin.schemas.applications import (
    ApplicationResponse,
    CreateApplicationRequest,
)
from carillon.domain.catalogue.applications import Application


def to_application(body: CreateApplicationRequest, now: datetime) -> Application:
    return Application(
        path=body.application,
        name=body.name or body.application.rpartition("/")[2],
        description=body.description,
        active=body.active,
        locked=body.locked,
        paused=body.paused,
        created_at=now,
        updated_at=now,
    )


def application(application: Application) -> ApplicationResponse:
    return ApplicationResponse(
        application=application.path,
        name=application.name,
        description=application.description,
        active=application.active,
        locked=application.locked,
        paused=application.paused,
        created_at=application.created_at,
        updated_at=application.updated_at,
    )
