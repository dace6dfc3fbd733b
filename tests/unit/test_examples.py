"""Every example event succeeds, with its function's rights, in the world that it is about."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from carillon.domain.delivery.deliveries import Status
from tests import gateway
from tests.rights import enforcing
from tests.unit import examples

EVENTS = Path(__file__).parents[2] / "events"
NAMES = sorted(f"{event.parent.name}/{event.stem}" for event in EVENTS.glob("*/*.json"))
WORKERS = [name for name in NAMES if name.startswith("workers/")]
FALLBACK = "fallback/unknown_path"  # its success is a 404
# They make what all others find.
MAKING = {
    "admin/applications",
    "admin/contexts",
    "admin/event_types",
    "bitcaster/lists",
    "novu/subscribers_v2",
    "novu/tenants",
    "novu/topics_v1",
}
# An id, and perhaps a secret, that only the answer to another example can give.
ASKED_BEFORE = {
    "sailpoint/subscription": ("sailpoint/subscriptions",),
    "sailpoint/complete_invocation": ("sailpoint/subscriptions", "sailpoint/test_invocation"),
}
ID = "0f11f2a4-7c94-4bf3-a2bd-742580fe3bde"
SECRET = "0f979022-08be-44f2-b6f9-7393ec73ed9b"


def run(name, **given):
    text = (EVENTS / f"{name}.json").read_text()
    for known, own in given.items():
        text = text.replace({"id": ID, "secret": SECRET}[known], own)
    module = import_module(f"functions.{name.replace('/', '.')}.app")
    function = "".join(map(enforcing.title, name.split("/"))) + "Function"
    with enforcing.running_as(function):  # several share a handler, so that it could not tell
        return module.handler(json.loads(text), gateway.CONTEXT)


def answer_of(name):
    """The answer, after those that say what is in the example."""
    given = {}
    for before in ASKED_BEFORE.get(name, ()):
        said = json.loads(run(before)["body"])
        found = said[0] if isinstance(said, list) else said
        given = {field: found[field] for field in ("id", "secret") if field in found}
    return run(name, **given)


@pytest.mark.parametrize("name", sorted({*NAMES} - {*WORKERS, FALLBACK}))
def test_an_example_event_succeeds(name):
    with gateway.using(examples.empty() if name in MAKING else examples.world()):
        answer = answer_of(name)

    assert answer["statusCode"] in {200, 201, 202, 204}, answer


def test_the_example_of_an_unknown_path_is_told_so():
    with gateway.using(examples.world()):
        assert run(FALLBACK)["statusCode"] == 404


@pytest.mark.parametrize("name", WORKERS)
def test_a_workers_example_is_done(name):
    with gateway.using(examples.world()) as ports:
        known = set(ports.chunks.records)

        assert not (run(name) or {}).get("batchItemFailures")

    made = [record for place, record in ports.chunks.records.items() if place not in known]
    statuses = {each.status for record in made for each in record.values()}
    assert statuses == ({Status.SENT} if name.startswith("workers/deliver") else set())


def test_no_example_names_a_real_key():
    """One of them could be somebody's: all examples hold the two that are nobody's."""
    known = (examples.KEY, examples.OPERATOR_KEY)
    texts = {name: (EVENTS / f"{name}.json").read_text() for name in NAMES}

    for name, text in texts.items():
        assert text.count("car_") == text.count(examples.KEY), name
        if "Bearer" in text:
            assert any(key in text for key in known), name
