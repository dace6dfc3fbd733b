"""Firebase Cloud Messaging, and its token server."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS = ("fcm.googleapis.com", "oauth2.googleapis.com")
_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_STATUSES = {
    "UNREGISTERED": (404, "NOT_FOUND", "Requested entity was not found."),
    "SENDER_ID_MISMATCH": (403, "PERMISSION_DENIED", "SenderId mismatch"),
    "INVALID_ARGUMENT": (400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    "THIRD_PARTY_AUTH_ERROR": (401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service"),
    "QUOTA_EXCEEDED": (429, "RESOURCE_EXHAUSTED", "Quota exceeded."),
    "UNAVAILABLE": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "INTERNAL": (500, "INTERNAL", "Internal error encountered."),
}


def _error(code: str) -> Reply:
    status, name, message = _STATUSES[code]
    details = [{"@type": _FCM_ERROR, "errorCode": code}]
    error = {"code": status, "message": message, "status": name, "details": details}
    headers = {"retry_after": "10"} if code == "UNAVAILABLE" else {}
    return as_json({"error": error}, status, **headers)


FAILURES = {
    **{code: _error(code) for code in _STATUSES},
    "invalid_grant": as_json(
        {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400
    ),
}


def success(arrival: Arrival) -> Reply:
    if arrival.segments[-1] == "token":
        token = f"ya29.local-{arrival.id}"
        return as_json({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})
    project = arrival.segments[3] if len(arrival.segments) > 4 else "local"  # noqa: PLR2004 - /fcm/v1/projects/<project>/…
    return as_json({"name": f"projects/{project}/messages/{arrival.id}"})
