"""/admin/v1/tenants/{tenant}/keys: the operator creates a key for a tenant that lost its own"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.access import CreateKeyRequest, IssuedKeyResponse
from carillon.dialects.admin.translate import access as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.tenancy import keys, tenants


@endpoint(admin.dialect, operator=True, status=201)
def create_tenant_key(body: CreateKeyRequest, call: Call) -> IssuedKeyResponse:
    tenant = tenants.existing(path_id(call.path, Noun.TENANT), ports=call.installation)
    issued = keys.issue(
        body.name,
        body.scopes,
        ports=call.installation.of(tenant.id),
        application=body.application,
        reach=body.reach,
        environments=body.environments,
        expires_at=body.expires_at,
    )
    return translate.issued_key(issued)


handler = methods(POST=create_tenant_key)
