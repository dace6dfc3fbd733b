"""/admin/v1/keys: a tenant issues and lists its API keys"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.access import (
    CreateKeyRequest,
    IssuedKeyResponse,
    KeyResponse,
)
from carillon.dialects.admin.schemas.common import PageQuery, PageResponse
from carillon.dialects.admin.translate import access as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.tenancy import keys


@endpoint(admin.dialect, scope=Scope.ADMIN, status=201)
def create_key(body: CreateKeyRequest, call: Call) -> IssuedKeyResponse:
    issued = keys.issue(
        body.name,
        body.scopes,
        ports=call.ports,
        application=body.application,
        reach=body.reach,
        environments=body.environments,
        expires_at=body.expires_at,
        issuer=call.grant,
    )
    return translate.issued_key(issued)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_keys(query: PageQuery, call: Call) -> PageResponse[KeyResponse]:
    found = call.ports.api_keys.list(query.cursor, query.limit)
    return page(found, translate.key)


handler = methods(GET=list_keys, POST=create_key)
