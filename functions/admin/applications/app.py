"""/admin/v1/applications: namespaces of event types, and the projects that hold them"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.applications import (
    ApplicationResponse,
    CreateApplicationRequest,
)
from carillon.dialects.admin.schemas.common import PageQuery, PageResponse
from carillon.dialects.admin.translate import applications as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import applications


@endpoint(admin.dialect, scope=Scope.ADMIN, status=201)
def create_application(body: CreateApplicationRequest, call: Call) -> ApplicationResponse:
    application = translate.to_application(body, call.ports.clock.now())
    applications.create(application, ports=call.ports)
    return translate.application(application)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_applications(query: PageQuery, call: Call) -> PageResponse[ApplicationResponse]:
    found = call.ports.applications.list(query.cursor, query.limit)
    return page(found, translate.application)


handler = methods(GET=list_applications, POST=create_application)
