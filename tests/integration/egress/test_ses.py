"""SES out: its refusals are answers, and a lost answer is a doubt."""

import json
from types import SimpleNamespace

import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from botocore.stub import Stubber

from carillon.domain.deliveries import Outcome
from carillon.domain.transport import NoAnswer, SesRequest
from carillon.providers import ses
from tests import canaries
from tests.unit.providers.messages import message

ARGUMENTS = ses.build(
    message(), {"email": canaries.EMAIL}, {"from": "Carillon <hello@carillon.example>"}
).arguments


@pytest.fixture
def client():
    return botocore.session.get_session().create_client(
        "sesv2", "eu-central-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


def test_what_the_provider_builds_is_what_ses_takes(way_out, client):
    with Stubber(client) as stub:
        stub.add_response("send_email", {"MessageId": "0100-1"}, dict(ARGUMENTS))
        response = way_out(clients=SimpleNamespace(sesv2=client)).send(
            SesRequest(arguments=ARGUMENTS)
        )

    result = ses.classify(response.status, response.headers, response.body)
    assert (result.outcome, result.message_id) == (Outcome.SENT, "0100-1")


def test_a_refusal_is_an_answer(way_out, client):
    with Stubber(client) as stub:
        stub.add_client_error(
            "send_email", "MessageRejected", f"{canaries.EMAIL} is not verified", 400
        )
        response = way_out(clients=SimpleNamespace(sesv2=client)).send(
            SesRequest(arguments=ARGUMENTS)
        )

    assert response.status == 400
    assert json.loads(response.body)["code"] == "MessageRejected"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (EndpointConnectionError(endpoint_url=canaries.WEBHOOK_URL), Outcome.RETRY),
        (NoCredentialsError(), Outcome.RETRY),
        (ReadTimeoutError(endpoint_url=canaries.WEBHOOK_URL), Outcome.UNSURE),
    ],
)
def test_a_lost_answer_is_a_doubt_and_a_lost_connection_none(way_out, error, outcome):
    def fail(**arguments):
        raise error

    egress = way_out(clients=SimpleNamespace(sesv2=SimpleNamespace(send_email=fail)))
    with pytest.raises(NoAnswer) as raised:
        egress.send(SesRequest(arguments=ARGUMENTS))

    assert raised.value.result.outcome is outcome
