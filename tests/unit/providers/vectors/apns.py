"""Apple Push Notification service: a reason for every status.

https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns
`BadEnvironmentKeyInToken` is what is really sent where the page says `BadEnvironmentKeyIdInToken`.
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, DEAD, RETRY, SENT, UNSURE, Vector

DOCS = "https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns"

_REASONS = {
    (400, BAD): "BadCollapseId BadExpirationDate BadMessageId BadPriority DuplicateHeaders "
    "MissingDeviceToken PayloadEmpty",
    (400, CONFIG): "BadDeviceToken BadTopic DeviceTokenNotForTopic InvalidPushType MissingTopic "
    "TopicDisallowed",
    (400, RETRY): "IdleTimeout",
    (403, CONFIG): "BadCertificate BadCertificateEnvironment BadEnvironmentKeyIdInToken "
    "BadEnvironmentKeyInToken Forbidden InvalidProviderToken MissingProviderToken "
    "UnrelatedKeyIdInToken",
    (403, RETRY): "ExpiredProviderToken",
    (404, BAD): "BadPath",
    (405, BAD): "MethodNotAllowed",
    (413, BAD): "PayloadTooLarge",
    (500, RETRY): "InternalServerError",
    (503, RETRY): "ServiceUnavailable Shutdown",
}

VECTORS = [
    Vector(200, "", SENT, "", {"apns-id": "EC1BF194"}, "EC1BF194"),
    Vector(200, "", SENT, ""),
    Vector(202, "", UNSURE, "unreadable_answer"),
    Vector(410, '{"reason":"Unregistered","timestamp":1700000000000}', DEAD, "Unregistered"),
    Vector(410, '{"reason":"ExpiredToken","timestamp":1700000000000}', DEAD, "ExpiredToken"),
    Vector(410, "", DEAD, "http_410"),
    Vector(429, '{"reason":"TooManyRequests"}', RETRY, "TooManyRequests", wait=60),
    Vector(429, '{"reason":"TooManyProviderTokenUpdates"}', RETRY, wait=1200),
    Vector(429, '{"reason":"TooManyRequests"}', RETRY, headers={"retry-after": "5"}, wait=5),
    Vector(400, '{"reason":"SomethingNew"}', BAD, "http_400"),
    Vector(403, '{"reason":7}', CONFIG, "http_403"),
    Vector(404, "", BAD, "http_404"),
    Vector(503, "<html>", RETRY, "http_503"),
    *(
        Vector(status, f'{{"reason":"{reason}"}}', outcome, reason)
        for (status, outcome), reasons in _REASONS.items()
        for reason in reasons.split()
    ),
]
