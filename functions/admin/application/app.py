"""/admin/v1/applications/{application}: one `project/application`, or one `project`"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.applications import (
    ApplicationResponse,
    ChangeApplicationRequest,
)
from carillon.dialects.admin.translate import applications as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import applications


@endpoint(admin.dialect, scope=Scope.ADMIN)
def get_application(call: Call) -> ApplicationResponse:
    path = path_id(call.path, Noun.APPLICATION, "proxy")
    return translate.application(call.ports.applications.get(path))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def change_application(body: ChangeApplicationRequest, call: Call) -> ApplicationResponse:
    path = path_id(call.path, Noun.APPLICATION, "proxy")
    changes = body.model_dump(exclude_unset=True)
    changed = applications.change(path, changes, ports=call.ports)
    return translate.application(changed)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def remove_application(call: Call) -> None:
    path = path_id(call.path, Noun.APPLICATION, "proxy")
    applications.remove(path, ports=call.ports)


handler = methods(GET=get_application, PATCH=change_application, DELETE=remove_application)
