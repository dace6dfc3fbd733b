"""/v1/subscribers/{subscriberId}/credentials: where a subscriber is reached by a provider"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.subscribers import CredentialsRequest, SubscriberResponse
from carillon.dialects.novu.translate import subscribers as translate
from carillon.dialects.novu.translate.common import address
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def replace_credentials(body: CredentialsRequest, call: Call) -> SubscriberResponse:
    """Replace the device tokens by those given; an empty list clears them."""
    return _set(body, call, replaces=True)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def append_credentials(body: CredentialsRequest, call: Call) -> SubscriberResponse:
    """Add the device tokens to those that are there; an empty list clears them here too."""
    return _set(body, call, replaces=False)


def _set(body: CredentialsRequest, call: Call, *, replaces: bool) -> SubscriberResponse:
    id, changes = translate.id_of(call.path), address(body, replaces=replaces)
    with translate.nobody():
        changed = subscribers.set_credentials(id, changes, ports=call.ports)
    known = subscribers.integrations_of([changed], ports=call.ports)
    return translate.subscriber(changed, known, tenant=call.tenant)


handler = methods(PUT=replace_credentials, PATCH=append_credentials)
