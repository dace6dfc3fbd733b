"""GET /notification-preferences, GET and PUT …/{key}: mediums and copies of notifications"""

from functools import partial

from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections, dialect
from carillon.dialects.sailpoint.schemas.preferences import (
    PreferencesQuery,
    PreferencesRequest,
    PreferencesResponse,
)
from carillon.dialects.sailpoint.translate import preferences as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import event_types


@endpoint(dialect, scope=Scope.PREFERENCES_READ)
def get_preferences(
    query: PreferencesQuery, call: Call
) -> Answer[list[PreferencesResponse]] | translate.Answered:
    """The preferences for the notification in the path, or for all."""
    if key := translate.key_of(call.path):
        event = call.ports.event_types.get(call.application, key)
        row = translate.preferences(event, available=query.filter_unavailable)
        return translate.answered(row, call.path)
    events = event_types.all_of(call.application, ports=call.ports)
    rows = [translate.preferences(e, available=query.filter_unavailable) for e in events]
    return collections.answer(rows, query, translate.FIELDS)


@endpoint(dialect, scope=Scope.PREFERENCES_UPDATE)
def put_preferences(body: PreferencesRequest, call: Call) -> PreferencesResponse:
    key = translate.key_of(call.path)
    changes = partial(translate.to_changes, body, key)
    changed = event_types.change(call.application, key, changes, ports=call.ports)
    return translate.preferences(changed)


handler = methods(GET=get_preferences, PUT=put_preferences)
