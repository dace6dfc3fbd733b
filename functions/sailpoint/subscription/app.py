"""/trigger-subscriptions/{id}: one subscription, which clients look up by a filter of the list"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.triggers import SubscriptionRequest, SubscriptionResponse
from carillon.dialects.sailpoint.translate import triggers as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.subscriptions import endpoints
from carillon.usecases.subscriptions.endpoints import EndpointSubscription


@endpoint(sailpoint.dialect, scope=Scope.ADMIN)
def put_subscription(body: SubscriptionRequest, call: Call) -> SubscriptionResponse:
    return _changed(body, _stored(call), call)


@endpoint(sailpoint.dialect, scope=Scope.ADMIN)
def patch_subscription(call: Call) -> SubscriptionResponse:
    """A JSON Patch, which is an array."""
    stored = _stored(call)
    return _changed(translate.patched(stored, call.request.json()), stored, call)


@endpoint(sailpoint.dialect, scope=Scope.ADMIN)
def delete_subscription(call: Call) -> None:
    endpoints.remove(call.path["id"], application=call.application, ports=call.ports)


def _stored(call: Call) -> EndpointSubscription:
    return endpoints.get(call.path["id"], application=call.application, ports=call.ports)


def _changed(
    body: SubscriptionRequest, stored: EndpointSubscription, call: Call
) -> SubscriptionResponse:
    with translate.in_their_words():
        changed = endpoints.change(
            stored.subscription.id,
            translate.to_draft(body, stored),
            application=call.application,
            defaults=translate.defaults(call.request.base_url, call.tenant),
            ports=call.ports,
        )
    return translate.subscription(changed)


handler = methods(PUT=put_subscription, PATCH=patch_subscription, DELETE=delete_subscription)
