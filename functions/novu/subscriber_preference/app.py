"""/{version}/subscribers/{subscriberId}/preferences/{part}: of a level, a workflow, or many"""

from carillon.dialects.common import path_id
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.preferences import (
    LevelResponse,
    OldPreferenceResponse,
    PartRequest,
)
from carillon.dialects.novu.translate import preferences as translate
from carillon.dialects.novu.translate.common import is_second
from carillon.domain.base.errors import Invalid, NotFound, Problem, UnknownPath
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import preferences, subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def get_preference(call: Call) -> list[OldPreferenceResponse] | OldPreferenceResponse:
    """At the level `global` or `template`, or of one workflow."""
    id, part = _id(call), path_id(call.path, "part", "workflow")
    if is_second(call.request.path):
        raise UnknownPath(call.request.method, call.request.path)
    if part == "template":
        found = preferences.wishes(id, application=call.application, ports=call.ports)
        return [translate.old(found.preferences, event) for event in found.events]
    subscriber = subscribers.get(id, ports=call.ports)
    if part == "global":
        return [translate.old(subscriber.preferences, None)]
    return translate.old(subscriber.preferences, _workflow(call, part))


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def patch_preference(body: PartRequest, call: Call) -> OldPreferenceResponse | list[LevelResponse]:
    """Of the workflow in the path; `bulk`, in the second generation, of those in the body."""
    part = path_id(call.path, "part", "workflow")
    if not is_second(call.request.path):
        event = _workflow(call, part)
        changed = translate.to_old_changes(body, event)
        wanted = preferences.change(_id(call), [changed], ports=call.ports)
        return translate.old(wanted, event)
    if part != "bulk":
        raise UnknownPath(call.request.method, call.request.path)
    return _patch_many(body, call)


def _patch_many(body: PartRequest, call: Call) -> list[LevelResponse]:
    """All or nothing."""
    translate.refuse_unserved(context=body.context)
    if not body.preferences:
        raise Invalid(Problem("preferences", "should not be empty"))
    slugs = [item.workflow_id for item in body.preferences]
    known = call.ports.event_types.get_many(call.application, slugs)
    if missing := [slug for slug in slugs if slug not in known]:
        raise NotFound("event type", missing[0])
    changes = [
        translate.to_changes(item.channels, known[item.workflow_id]) for item in body.preferences
    ]
    wanted = preferences.change(_id(call), changes, ports=call.ports)
    return [translate.level(wanted, known[slug]) for slug in dict.fromkeys(slugs)]


def _workflow(call: Call, slug: str) -> EventType:
    found = call.ports.event_types.get_many(call.application, [slug])
    if slug not in found:
        raise NotFound("workflow", slug)
    return found[slug]


def _id(call: Call) -> str:
    return path_id(call.path, "subscriberId", "subscriber")


handler = methods(GET=get_preference, PATCH=patch_preference)
