"""GET /oauth/info: where tokens are issued, and the tenant of a given token"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint import oauth
from carillon.dialects.sailpoint.schemas.oauth import InfoResponse
from carillon.runtime import authentication
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(sailpoint.dialect, anonymous=True)
def tell(call: Call) -> InfoResponse:
    """Show where tokens are issued; the tenant is null without a credential."""
    tenant = None
    if "authorization" in call.request.headers:
        presented = sailpoint.dialect.credential(call.request.headers)
        grant = authentication.authenticate(presented, call.installation, tokens=True)
        tenant = call.installation.tenants.get(grant.tenant)
    return oauth.info(call.request.base_url, tenant)


handler = methods(GET=tell)
