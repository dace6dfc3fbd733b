"""The largest bodies that Novu's models allow store no item that DynamoDB would refuse."""

import pytest

from tests import gateway
from tests.rights.watching import watched
from tests.unit.novu.calls import CALLS
from tests.unit.novu.test_bad_input import call, ports, told
from tests.unit.test_largest_bodies import LENGTHS, largest, measuring

__all__ = ["call", "ports", "told"]  # fixtures
WITH_BODY = [one for one in CALLS if one.body is not None and one.endpoint.body]


@pytest.mark.parametrize("most", [LENGTHS[0], 5_000])
@pytest.mark.parametrize("good", WITH_BODY, ids=str)
def test_the_largest_body_is_stored_or_refused_in_words(good, most, ports, call):
    body = largest(good, most)

    with gateway.using(watched(ports, measuring)):
        answer = call(good, body=body)

    assert answer.status < 429, (answer.status, answer.text[:300])
    assert len(answer.text) < 6_000_000
