"""Amazon SES: its errors, as the egress tells them.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, RETRY, SENT, UNSURE, Vector

DOCS = (
    "https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors"
)

_NOT_VERIFIED = '{"code":"MessageRejected","message":"Email address is not verified."}'
_DAILY = '{"code":"ThrottlingException","message":"Daily message quota"}'

VECTORS = [
    Vector(200, '{"MessageId":"m1"}', SENT, message_id="m1"),
    Vector(200, "{}", UNSURE),
    Vector(429, '{"code":"TooManyRequestsException"}', RETRY),
    Vector(400, '{"code":"ThrottlingException"}', RETRY),
    Vector(429, _DAILY, RETRY, wait=3600),
    Vector(400, '{"code":"LimitExceededException"}', RETRY, wait=3600),
    Vector(400, '{"code":"SendingPausedException"}', RETRY, wait=900),
    Vector(400, '{"code":"AccountSuspendedException"}', CONFIG),
    Vector(400, '{"code":"MailFromDomainNotVerifiedException"}', CONFIG),
    Vector(404, '{"code":"NotFoundException"}', CONFIG),
    Vector(403, '{"code":"AccessDeniedException"}', CONFIG),
    Vector(400, _NOT_VERIFIED, CONFIG),
    Vector(400, '{"code":"MessageRejected","message":"virus"}', BAD),
    Vector(400, '{"code":"BadRequestException"}', BAD),
    Vector(500, "", RETRY),
    Vector(400, '{"code":"SomethingNew"}', BAD),
]
