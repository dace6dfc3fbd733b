"""GET /v1/environments: the API key's own environment, in a list"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.environments import EnvironmentResponse
from carillon.dialects.novu.translate import environments as translate
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(dialect)
def list_environments(call: Call) -> list[EnvironmentResponse]:
    return [translate.environment(call.ports.record.get())]


handler = methods(GET=list_environments)
