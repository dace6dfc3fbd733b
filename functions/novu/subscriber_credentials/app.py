"""/v1/subscribers/{subscriberId}/credentials[/{providerId}]: where somebody is reached"""

from carillon.dialects.common import path_id
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.subscribers import CredentialsRequest, SubscriberResponse
from carillon.dialects.novu.translate import subscribers as translate
from carillon.domain.base.errors import NotFound, UnknownPath
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def replace_credentials(body: CredentialsRequest, call: Call) -> SubscriberResponse:
    """Device tokens take the place of those that are there; none at all clears them."""
    return _set(body, call, united=False)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def append_credentials(body: CredentialsRequest, call: Call) -> SubscriberResponse:
    """Device tokens are added to those that are there."""
    return _set(body, call, united=True)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def remove_credentials(call: Call) -> None:
    id, provider = _id(call), call.path.get("providerId", "")
    if not provider:
        raise UnknownPath(call.request.method, call.request.path)
    subscribers.remove_credentials(id, provider, ports=call.ports)


def _set(body: CredentialsRequest, call: Call, *, united: bool) -> SubscriberResponse:
    id, ports = _id(call), call.ports
    if "providerId" in call.path:
        raise UnknownPath(call.request.method, call.request.path)
    try:
        subscriber = subscribers.set_credentials(
            id, translate.to_address(body), united=united, ports=ports
        )
    except NotFound as missing:
        raise translate.unreachable(missing, body.provider_id, tenant=call.tenant) from None
    known = subscribers.integrations_of([subscriber], ports=ports)
    return translate.subscriber(subscriber, known, tenant=call.tenant)


def _id(call: Call) -> str:
    return path_id(call.path, "subscriberId", "subscriber")


handler = methods(PUT=replace_credentials, PATCH=append_credentials, DELETE=remove_credentials)
