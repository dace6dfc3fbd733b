"""GET, POST /verified-domains: domains that a tenant sends mail from, verified by DKIM"""

from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections, dialect
from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.schemas.senders import (
    DkimAttributesResponse,
    DomainRequest,
    DomainResponse,
)
from carillon.dialects.sailpoint.translate import senders as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import domains


@endpoint(dialect, scope=Scope.ADMIN)
def list_domains(query: CollectionQuery, call: Call) -> Answer[list[DkimAttributesResponse]]:
    """List domains; the mail service is asked about those of the page only."""
    found = domains.all_of(ports=call.ports)
    page, total = collections.select(found, query, translate.domain_row, translate.DOMAIN_FIELDS)
    shown = [translate.dkim_attributes(one) for one in domains.checked(page, ports=call.ports)]
    return collections.listed(shown, total, query)


@endpoint(dialect, scope=Scope.ADMIN)
def add_domain(body: DomainRequest, call: Call) -> DomainResponse:
    """Answer with the tokens that the domain's DNS needs, each as a CNAME."""
    added = domains.add(body.domain, ports=call.ports)
    [checked] = domains.checked([added], ports=call.ports)
    return translate.domain(checked)


handler = methods(GET=list_domains, POST=add_domain)
