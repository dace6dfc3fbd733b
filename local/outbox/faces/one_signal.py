"""OneSignal: failures are reported in a 200."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS = ("api.onesignal.com",)
FAILURES = {
    "not_subscribed": as_json({"id": "", "errors": ["All included players are not subscribed"]}),
    "invalid_player_ids": as_json({"id": "", "errors": {"invalid_player_ids": ["as asked"]}}),
    "app_id": as_json({"errors": ["app_id not found"]}, 400),
    "401": as_json(
        {"errors": ["Access denied.  Please include an 'Authorization: ...' header"]}, 401
    ),
    "429": as_json({"errors": ["API rate limit exceeded"]}, 429, retry_after="2"),
}


def success(arrival: Arrival) -> Reply:
    return as_json({"id": f"00000000-0000-4000-8000-{arrival.id:012d}", "external_id": None})
