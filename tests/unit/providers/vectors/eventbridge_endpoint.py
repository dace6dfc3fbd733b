"""EventBridge: the errors of a call, and of an entry in a call that went well.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html and
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, RETRY, SENT, UNSURE, Vector

DOCS = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"


def _refused(code: str) -> str:
    return f'{{"code":"{code}","message":"whatever"}}'


VECTORS = [
    Vector(200, '{"EventId":"e1"}', SENT, message_id="e1"),
    Vector(200, "{}", UNSURE),
    Vector(200, "not JSON", UNSURE),
    Vector(400, _refused("ThrottlingException"), RETRY),
    Vector(500, _refused("InternalException"), RETRY),
    Vector(400, _refused("InternalFailure"), RETRY),
    Vector(503, _refused("ServiceUnavailable"), RETRY),
    Vector(400, _refused("ExpiredTokenException"), RETRY),
    Vector(400, _refused("AccessDeniedException"), CONFIG),
    Vector(400, _refused("NotAuthorizedForSourceException"), CONFIG),
    Vector(400, _refused("NotAuthorizedForDetailTypeException"), CONFIG),
    Vector(400, _refused("InvalidAccountIdException"), CONFIG),
    Vector(400, _refused("ResourceNotFoundException"), CONFIG),
    Vector(400, _refused("MalformedDetail"), BAD),
    Vector(400, _refused("InvalidArgument"), BAD),
    Vector(400, _refused("ValidationException"), BAD),
    Vector(400, _refused("SomethingNew"), BAD),
    Vector(500, "", RETRY),
]
