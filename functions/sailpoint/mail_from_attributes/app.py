"""PUT /mail-from-attributes, GET /mail-from-attributes/{identity}: where bounces of mails go"""

from carillon.dialects.sailpoint import dialect
from carillon.dialects.sailpoint.schemas.senders import MailFromRequest, MailFromResponse
from carillon.dialects.sailpoint.translate import senders as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import domains


@endpoint(dialect, scope=Scope.ADMIN)
def get_mail_from(call: Call) -> MailFromResponse:
    identity = translate.identity_of(call.path, call.request.method, call.request.path)
    return translate.mail_from(domains.bounces(identity, ports=call.ports))


@endpoint(dialect, scope=Scope.ADMIN)
def put_mail_from(body: MailFromRequest, call: Call) -> MailFromResponse:
    translate.check_collection(call.path, call.request.method, call.request.path)
    domain = body.mail_from_domain
    return translate.mail_from(domains.set_bounces(body.identity, domain, ports=call.ports))


handler = methods(GET=get_mail_from, PUT=put_mail_from)
