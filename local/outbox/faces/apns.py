"""Apple Push Notification service."""

from local.outbox.face import Arrival, Reply, as_json, empty

HOSTS = ("api.push.apple.com", "api.sandbox.push.apple.com")
_REASONS = {
    400: "BadCollapseId BadDeviceToken BadExpirationDate BadPriority BadTopic"
    " DeviceTokenNotForTopic IdleTimeout InvalidPushType MissingTopic PayloadEmpty TopicDisallowed",
    403: "BadEnvironmentKeyInToken ExpiredProviderToken Forbidden InvalidProviderToken"
    " MissingProviderToken UnrelatedKeyIdInToken",
    405: "MethodNotAllowed",
    413: "PayloadTooLarge",
    429: "TooManyProviderTokenUpdates TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable Shutdown",
}
FAILURES = {
    **{
        reason: as_json({"reason": reason}, status)
        for status, reasons in _REASONS.items()
        for reason in reasons.split()
    },
    "Unregistered": as_json({"reason": "Unregistered", "timestamp": 1_700_000_000_000}, 410),
    "ExpiredToken": as_json({"reason": "ExpiredToken", "timestamp": 1_700_000_000_000}, 410),
}


def success(arrival: Arrival) -> Reply:
    made = f"00000000-0000-4000-8000-{arrival.id:012d}"
    return empty(200, apns_id=arrival.headers.get("apns-id", made))
