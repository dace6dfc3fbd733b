"""SES, SNS and EventBridge out: their refusals are answers, and a lost answer is a doubt."""

import json
from types import SimpleNamespace

import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from botocore.stub import Stubber

from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import NoAnswer, SesRequest, SnsRequest
from carillon.providers.registry import Providers
from tests import canaries
from tests.unit.providers.messages import message

PROVIDERS = Providers()
eventbridge_endpoint = PROVIDERS.get("eventbridge-endpoint")
ses = PROVIDERS.get("ses")
sns = PROVIDERS.get("sns")

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


def test_what_the_provider_builds_is_what_sns_takes(way_out):
    client = botocore.session.get_session().create_client(
        "sns", "eu-central-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    settings = {"sender_id": "Carillon", "origination_number": "+491", "max_price": "0.5"}
    request = sns.build(message(), {"phone": "+49 170 1234567"}, settings)
    egress = way_out(clients=SimpleNamespace(sns=client))

    with Stubber(client) as stub:
        stub.add_response("publish", {"MessageId": "m-1"}, dict(request.arguments))
        taken = egress.send(request)
        stub.add_client_error("publish", "AuthorizationError", "is not authorized", 403)
        refused = egress.send(request)

    sent, not_sent = (sns.classify(a.status, a.headers, a.body) for a in (taken, refused))
    assert (sent.outcome, sent.message_id) == (Outcome.SENT, "m-1")
    assert (not_sent.outcome, not_sent.code) == (Outcome.CONFIG, "AuthorizationError")


def test_a_lost_answer_of_sns_is_a_doubt(way_out):
    def fail(**arguments):
        raise ReadTimeoutError(endpoint_url=canaries.WEBHOOK_URL)

    egress = way_out(clients=SimpleNamespace(sns=SimpleNamespace(publish=fail)))
    with pytest.raises(NoAnswer) as raised:
        egress.send(SnsRequest(arguments={}))

    assert raised.value.result.outcome is Outcome.UNSURE


BUS = {
    "account": "123456789012",
    "region": "eu-west-1",
    "callback": "https://api.example/beta/trigger-invocations",
    "key": "k" * 43,
}


def put(way_out, answer):
    """What comes back for an event that the provider builds, from a bus that answers so."""
    request = eventbridge_endpoint.build(message(), {}, BUS)
    client = botocore.session.get_session().create_client(
        "events", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as stub:
        stub.add_response("put_events", answer, {"Entries": [dict(request.entry)]})
        regions = {"eu-west-1": client}
        response = way_out(clients=SimpleNamespace(events=regions.__getitem__)).send(request)
    return eventbridge_endpoint.classify(response.status, response.headers, response.body)


def test_an_event_bus_takes_what_the_provider_builds(way_out):
    result = put(way_out, {"FailedEntryCount": 0, "Entries": [{"EventId": "e1"}]})

    assert (result.outcome, result.message_id) == (Outcome.SENT, "e1")


def test_an_entry_that_is_refused_in_a_call_that_goes_well_is_refused(way_out):
    entry = {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "no"}

    result = put(way_out, {"FailedEntryCount": 1, "Entries": [entry]})

    assert (result.outcome, result.code) == (Outcome.CONFIG, "NotAuthorizedForSourceException")
