"""What a function answers fits what Lambda takes, or is refused in the dialect's words."""

import json

import pytest
from pydantic import BaseModel

from carillon.dialects import admin, bitcaster, confluent, novu, sailpoint
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from tests import builders as a
from tests import gateway

LAMBDA = 6 * 1024 * 1024
DIALECTS = [admin, bitcaster, confluent, novu, sailpoint]
SCHEMES = {
    admin: "Bearer",
    bitcaster: "Key",
    confluent: "Bearer",
    novu: "ApiKey",
    sailpoint: "Bearer",
}


class Long(BaseModel):
    text: str


def answering(dialect, text):
    @endpoint(dialect.dialect, scope=Scope.ACTIVITY)
    def read(call: Call) -> Long:
        return Long(text=text)

    return methods(GET=read)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.__name__.rpartition(".")[2])
@pytest.mark.parametrize(
    "text", ["x" * 6_200_000, '"' * 1_700_000, "\\" * 1_700_000, "\N{BELL}" * 600_000]
)
def test_an_answer_that_is_too_large_is_refused_in_words(dialect, text):
    ports = a.world()
    with gateway.using(ports):
        key = gateway.issue_key(ports, a.TENANT, *Scope)
        said = {"authorization": f"{SCHEMES[dialect]} {key}"}
        answer = gateway.call(answering(dialect, text), "GET", "/x", **said)

    assert answer.status in {400, 413}
    assert "the limit is 6000000" in answer.text
    assert len(answer.text) < 2_000


def test_the_largest_answer_fits_lambda():
    text = '"\\' * 700_000  # 4 bytes each in JSON, and 8 as a text in the function's JSON
    ports = a.world()
    with gateway.using(ports):
        key = gateway.issue_key(ports, a.TENANT, *Scope)
        answer = gateway.call(answering(admin, text), "GET", "/x", authorization=f"Bearer {key}")

    assert answer.status == 200
    assert len(json.dumps({"body": answer.text, "headers": answer.headers})) < LAMBDA
