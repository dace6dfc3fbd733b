"""Ryver: an inbound webhook."""

from local.outbox.face import Arrival, Reply, as_json, text

HOSTS: tuple[str, ...] = ()
FAILURES = {"404": text("Not Found", 404), "429": text("Too Many Requests", 429)}


def success(_: Arrival) -> Reply:
    return as_json({})
