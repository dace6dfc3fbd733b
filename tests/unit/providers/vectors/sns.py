"""Amazon SNS: its errors, as the egress tells them.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
"""

import json

from tests.unit.providers.vectors.vector import BAD, CONFIG, PERSON, RETRY, SENT, UNSURE, Vector

DOCS = "https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors"


def _error(code: str, message: str = "") -> str:
    return json.dumps({"code": code, "message": message})


_NO_NUMBER = "Invalid parameter: PhoneNumber Reason: +4917 is not valid to publish to"
_NO_ORIGIN = "No origination entities available to send"
_NO_SENDER = "Invalid parameter: SenderID Reason: is not registered"
_TOO_LONG = "Invalid parameter: Message too long"

VECTORS = [
    Vector(200, '{"MessageId":"m1"}', SENT, message_id="m1"),
    Vector(200, "{}", UNSURE),
    Vector(429, _error("Throttled"), RETRY),
    Vector(400, _error("Throttling", "Rate exceeded"), RETRY),
    Vector(500, _error("InternalError"), RETRY),
    Vector(503, "", RETRY),
    Vector(403, _error("ExpiredToken"), RETRY),
    Vector(
        400, _error("InvalidParameter", _NO_NUMBER), CONFIG, "InvalidParameter", concerns=PERSON
    ),
    Vector(400, _error("InvalidParameter", _TOO_LONG), BAD),
    Vector(400, _error("InvalidParameter", _NO_SENDER), CONFIG),
    Vector(400, _error("UserError", _NO_ORIGIN), CONFIG),
    Vector(400, _error("ValidationException", "1 validation error detected"), BAD),
    Vector(
        400, _error("OptedOut", "PhoneNumber is opted out"), CONFIG, "OptedOut", concerns=PERSON
    ),
    Vector(403, _error("AuthorizationError"), CONFIG),
    Vector(403, _error("AccessDenied", "is not authorized to perform: SNS:Publish"), CONFIG),
    Vector(403, _error("InvalidClientTokenId"), CONFIG),
    Vector(400, _error("SomethingNew"), BAD),
]
