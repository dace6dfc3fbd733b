"""Recorded answers, a file a provider: `classify` gets every one of them right."""

from importlib import import_module

import pytest

from carillon.domain.delivery.deliveries import Outcome
from carillon.providers.registry import Providers
from tests.unit.providers.vectors.vector import Vector

_PROVIDERS = Providers()
ENDPOINTS = {"http-endpoint", "push-webhook", "webhook"}  # nothing but a 410 ends a retry there


def vectors(id: str) -> list[Vector]:
    module = import_module(f"tests.unit.providers.vectors.{id.replace('-', '_')}")
    found: list[Vector] = module.VECTORS
    return [each._replace(source=each.source or module.DOCS) for each in found]


ALL = [(id, vector) for id in _PROVIDERS.ids() for vector in vectors(id)]


@pytest.mark.parametrize(
    ("id", "vector"), ALL, ids=[f"{id}-{vector.status}-{vector.body[:40]!r}" for id, vector in ALL]
)
def test_a_recorded_answer_means_what_its_source_says(id, vector):
    body = vector.body if isinstance(vector.body, bytes) else vector.body.encode()

    result = _PROVIDERS.get(id).classify(vector.status, vector.headers, body)

    assert result.outcome is vector.outcome
    assert vector.code is None or result.code == vector.code
    assert vector.message_id is None or result.message_id == vector.message_id
    assert result.retry_after == vector.wait
    assert vector.concerns is None or result.concerns is vector.concerns


@pytest.mark.parametrize("id", _PROVIDERS.ids())
def test_every_provider_has_answers_of_success_of_trouble_and_of_something_else(id):
    outcomes = {vector.outcome for vector in vectors(id)}

    expected = {Outcome.SENT, Outcome.RETRY, Outcome.CONFIG, Outcome.BAD}
    assert outcomes >= expected - ({Outcome.BAD} if id in ENDPOINTS else set())


def test_there_are_enough_of_them_to_call_it_known_and_each_has_a_source():
    assert len(ALL) >= 500
    assert all(len(vectors(id)) >= 15 for id in _PROVIDERS.ids())
    assert all(vector.source.startswith("https://") for _, vector in ALL)
