"""Pushpad: a 201 with the ids of the users reached."""

from local.outbox.face import Arrival, Reply, as_json, empty

HOSTS = ("pushpad.xyz",)
FAILURES = {
    "not_subscribed": as_json({"id": 1, "scheduled": 0, "uids": []}, 201),
    "401": empty(401),
    "402": as_json({"error": "A paid plan is required"}, 402),
    "404": empty(404),
    "422": as_json({"body": ["can't be blank"]}, 422),
}


def success(arrival: Arrival) -> Reply:
    uids = arrival.field("uids")
    uids = uids if isinstance(uids, list) else [uids]
    return as_json({"id": arrival.id, "scheduled": len(uids), "uids": uids}, 201)
