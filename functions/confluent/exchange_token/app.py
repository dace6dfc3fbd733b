"""POST /sts/v1/oauth2/token: exchange an API key for a token of at most 15 minutes"""

from datetime import timedelta

from carillon.dialects import confluent
from carillon.dialects.confluent.schemas import TokenRequest, TokenResponse
from carillon.dialects.confluent.translate import tokens as translate
from carillon.dialects.dialect import Answer
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime import authentication
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.tenancy import tokens


@endpoint(confluent.testing, anonymous=True, forms=dict, category=Category.TOKEN)
def exchange_token(body: TokenRequest, call: Call) -> Answer[TokenResponse]:
    key = authentication.authenticate_client(body.subject_token, call)
    lasting = timedelta(seconds=body.expires_in)
    return translate.granted(*tokens.issue(key, lasting=lasting, ports=call.installation))


handler = methods(POST=exchange_token)
