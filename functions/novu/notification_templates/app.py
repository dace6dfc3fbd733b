"""/v1/workflows, once called /v1/notification-templates: what may be triggered"""

from itertools import islice

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.notification_templates import (
    CreateNotificationTemplateRequest,
    NotificationTemplateResponse,
    NotificationTemplatesQuery,
    NotificationTemplatesResponse,
)
from carillon.dialects.novu.translate import notification_templates as translate
from carillon.dialects.novu.translate.workflows import in_novus_words, slug
from carillon.domain.base.errors import Conflict
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions

_ATTEMPTS = 5


@endpoint(dialect, scope=Scope.ADMIN, status=201)
def create_notification_template(
    body: CreateNotificationTemplateRequest, call: Call
) -> NotificationTemplateResponse:
    """Make a workflow, whose identifier is its name, and a few characters more if that is taken."""
    wanted = slug(body.name)
    for attempt in range(_ATTEMPTS):
        identifier = translate.with_suffix(wanted) if attempt else wanted
        event = _event_type(identifier, body, call)
        templates = translate.to_templates(body.steps or [], event, event.created_at)
        try:
            with in_novus_words():
                defined = definitions.define(event, templates, ports=call.ports)
            return translate.workflow(defined, call.tenant)
        except Conflict:
            continue
    raise Conflict(f"A workflow {wanted!r} exists already")


def _event_type(slug: str, body: CreateNotificationTemplateRequest, call: Call) -> EventType:
    now = call.ports.clock.now()
    event = EventType(
        slug=slug,
        name=body.name,
        application=call.application,
        made_by=call.fingerprint,
        created_at=now,
        updated_at=now,
        active=False,
    )
    return translate.with_changes(event, body)


@endpoint(dialect, scope=Scope.ADMIN)
def list_notification_templates(
    query: NotificationTemplatesQuery, call: Call
) -> NotificationTemplatesResponse:
    tenant, ports = call.tenant, call.ports
    found = [
        event
        for event in definitions.all_of(call.application, ports=ports)
        if query.query.lower() in event.name.lower()
    ]
    first = query.page * query.limit
    return NotificationTemplatesResponse(
        data=[
            translate.workflow(definitions.completed(event, ports=ports), tenant)
            for event in islice(found, first, first + query.limit)
        ],
        page=query.page,
        page_size=query.limit,
        total_count=len(found),
    )


handler = methods(GET=list_notification_templates, POST=create_notification_template)
