"""GET /v1/environments/me: the environment of the API key"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.environments import EnvironmentResponse
from carillon.dialects.novu.translate import environments as translate
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(dialect)
def get_environment(call: Call) -> EnvironmentResponse:
    """The tenant, which is environment and organization in one. Needs no scope."""
    return translate.environment(call.ports.record.get())


handler = methods(GET=get_environment)
