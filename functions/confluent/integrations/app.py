"""/notifications/v1/integrations: the targets that notifications go to"""

from carillon.dialects import confluent
from carillon.dialects.confluent.schemas import (
    Integration,
    IntegrationList,
    IntegrationRequest,
    ListQuery,
)
from carillon.dialects.confluent.translate import integrations as translate
from carillon.dialects.confluent.translate.common import Links, created
from carillon.dialects.dialect import Answer
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import integrations


@endpoint(confluent.dialect, scope=Scope.ADMIN)
def list_integrations(query: ListQuery, call: Call) -> IntegrationList:
    present = integrations.all_of(ports=call.ports)
    return translate.listed(present, query, Links(call.request.base_url, call.tenant))


@endpoint(confluent.dialect, scope=Scope.ADMIN, status=201)
def create_integration(body: IntegrationRequest, call: Call) -> Answer[Integration]:
    made = integrations.create(translate.to_draft(body), ports=call.ports)
    shown = translate.integration(made, Links(call.request.base_url, call.tenant))
    return created(shown, shown.metadata)


handler = methods(GET=list_integrations, POST=create_integration)
