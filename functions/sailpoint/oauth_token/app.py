"""POST /oauth/token: exchange an API key's id and secret for a token"""

from carillon.dialects import sailpoint
from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import oauth
from carillon.dialects.sailpoint.schemas.oauth import TokenResponse
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime import authentication
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.tenancy import tokens


@endpoint(sailpoint.oauth_dialect, anonymous=True, category=Category.TOKEN)
def issue_token(call: Call) -> Answer[TokenResponse]:
    """Take a form, a multipart form or a query string, since the official clients differ."""
    form = call.request.form()
    presented = oauth.client(form, call.request.headers)
    key = authentication.authenticate_client(presented, call)
    token, text = tokens.issue(
        key, lasting=oauth.LASTING, scopes=oauth.scopes(form, key), ports=call.installation
    )
    return oauth.granted(token, text)


handler = methods(POST=issue_token)
