"""/admin/v1/keys/{key}: revoke an API key; it stops working within 5 seconds"""

from carillon.dialects import admin
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.tenancy import keys


@endpoint(admin.dialect, scope=Scope.ADMIN)
def revoke_key(call: Call) -> None:
    id = path_id(call.path, Noun.API_KEY, "key")
    keys.revoke(id, revoker=call.grant, installation=call.installation)


handler = methods(DELETE=revoke_key)
