"""/trigger-subscriptions/{id}: one subscription; clients read it by a filter of the list"""

from collections.abc import Callable

from carillon.dialects.sailpoint import dialect
from carillon.dialects.sailpoint.schemas.subscriptions import SubscriptionRequest as Request
from carillon.dialects.sailpoint.schemas.subscriptions import SubscriptionResponse as Response
from carillon.dialects.sailpoint.translate import subscriptions as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.subscriptions import endpoints


@endpoint(dialect, scope=Scope.SUBSCRIPTIONS_MANAGE)
def put_subscription(body: Request, call: Call) -> Response:
    return _change(lambda _: body, call)


@endpoint(dialect, scope=Scope.SUBSCRIPTIONS_MANAGE)
def patch_subscription(call: Call) -> Response:
    """The body is a JSON Patch: an array of operations."""
    operations = call.request.json()
    return _change(lambda stored: translate.patched(stored, operations), call)


@endpoint(dialect, scope=Scope.SUBSCRIPTIONS_MANAGE)
def delete_subscription(call: Call) -> None:
    endpoints.remove(call.path["id"], application=call.application, ports=call.ports)


def _change(asked: Callable[[endpoints.EndpointSubscription], Request], call: Call) -> Response:
    def draft(stored: endpoints.EndpointSubscription) -> endpoints.EndpointDraft:
        return translate.to_draft(asked(stored), stored, base_url=call.request.base_url)

    id, place = call.path["id"], call.application
    return translate.subscription(endpoints.change(id, draft, application=place, ports=call.ports))


handler = methods(PUT=put_subscription, PATCH=patch_subscription, DELETE=delete_subscription)
