"""POST /sts/v1/oauth2/token: exchange an API key for a token of at most 15 minutes"""

from datetime import timedelta

from carillon.dialects import confluent
from carillon.dialects.confluent.schemas import TokenRequest, TokenResponse
from carillon.dialects.confluent.translate import tokens as translate
from carillon.dialects.dialect import Answer
from carillon.runtime import authentication
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.tenancy import tokens


@endpoint(confluent.testing, anonymous=True, forms=dict)
def exchange_token(body: TokenRequest, call: Call) -> Answer[TokenResponse]:
    key = authentication.authenticate_key(body.subject_token, call.installation)
    lasting = timedelta(seconds=body.expires_in)
    return translate.granted(*tokens.issue(key, lasting=lasting, ports=call.installation))


handler = methods(POST=exchange_token)
