"""What the table makes of an AWS that is busy, away, or does only part of what it was asked."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from carillon.adapters.aws import bulk
from carillon.adapters.aws.conditions import ConditionFailed
from carillon.adapters.aws.keys import Key, Listing
from carillon.adapters.aws.pauses import LAST_TRY
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.adapters.delivery.invocations import DynamoInvocations
from carillon.domain.base.errors import TooLarge, Unavailable
from tests.integration.adapters.delivery.test_invocations import job_of
from tests.integration.adapters.stubs import ScriptedClients, error

ITEM = {"pk": {"S": "a"}, "sk": {"S": "b"}}
KEY = Key("a", "b")
INSERT = bulk.Insert({"pk": "a", "sk": "b"})


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)


def table(**answers):
    clients = ScriptedClients(**answers)
    return Table(clients, "things"), clients


def statements(*codes):
    return {"Responses": [{"Error": {"Code": code}} if code else {} for code in codes]}


def test_keys_that_were_not_processed_are_asked_for_again():
    rest = {"things": {"Keys": [ITEM]}}
    things, clients = table(
        batch_get_item=[
            {"Responses": {"things": [ITEM]}, "UnprocessedKeys": rest},
            {"Responses": {}, "UnprocessedKeys": rest},
            {"Responses": {"things": [ITEM]}},
        ]
    )

    assert len(things.get_many([KEY])) == 2
    assert clients.calls["batch_get_item"][2]["RequestItems"] == rest


def test_keys_that_are_never_processed_make_it_unavailable():
    rest = {"things": {"Keys": [ITEM]}}
    things, _ = table(batch_get_item=[{"Responses": {}, "UnprocessedKeys": rest}] * 9)

    with pytest.raises(Unavailable):
        things.get_many([KEY])


def test_writes_that_were_not_processed_are_tried_again():
    rest = {"things": [{"PutRequest": {"Item": ITEM}}]}
    things, clients = table(batch_write_item=[{"UnprocessedItems": rest}, {"UnprocessedItems": {}}])

    things.write_many([Put({"pk": "a", "sk": "b"}), Delete(Key("a", "c"))])

    assert clients.calls["batch_write_item"][1]["RequestItems"] == rest


def test_writes_that_are_never_processed_make_it_unavailable():
    rest = {"things": [{"PutRequest": {"Item": ITEM}}]}
    things, _ = table(batch_write_item=[{"UnprocessedItems": rest}] * 9)

    with pytest.raises(Unavailable):
        things.write_many([Put({"pk": "a", "sk": "b"})])


def test_of_several_writes_to_one_key_the_last_is_done():
    things, clients = table(batch_write_item=[{}])

    things.write_many([Put({"pk": "a", "sk": "b"}), Delete(KEY)])

    (call,) = clients.calls["batch_write_item"]
    assert call["RequestItems"] == {"things": [{"DeleteRequest": {"Key": ITEM}}]}


@pytest.mark.parametrize(
    "trouble",
    [
        error("ThrottlingException"),
        error("ProvisionedThroughputExceededException"),
        error("Whatever", 503),
        EndpointConnectionError(endpoint_url="https://dynamodb.example"),
    ],
)
def test_a_store_that_cannot_answer_now_is_unavailable(trouble):
    things, _ = table(get_item=[trouble])

    with pytest.raises(Unavailable):
        things.get(KEY)


def test_an_error_of_our_own_passes_as_it_is():
    things, _ = table(get_item=[error("ValidationException")])

    with pytest.raises(ClientError):
        things.get(KEY)


def test_a_long_partition_is_read_page_by_page():
    things, clients = table(
        query=[{"Items": [ITEM], "LastEvaluatedKey": ITEM}, {"Items": []}, {"Items": [ITEM]}]
    )

    rows = things.query(Listing("a"))

    assert len(rows.items) == 1
    assert clients.calls["query"][1]["ExclusiveStartKey"] == ITEM


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("ConditionalCheckFailed", ConditionFailed), ("TransactionConflict", Unavailable)],
)
def test_a_cancelled_transaction_says_why(reason, expected):
    reasons = [{"Code": "None"}, {"Code": reason}]
    cancelled = error("TransactionCanceledException", CancellationReasons=reasons)
    things, _ = table(transact_write_items=[cancelled] * (LAST_TRY + 1))

    with pytest.raises(expected):
        things.transact(Delete(KEY, "attribute_exists(#pk)"))


def test_a_statement_that_was_throttled_is_tried_again_alone():
    things, clients = table(
        batch_execute_statement=[
            statements(None, "ThrottlingError", "DuplicateItem"),
            statements("TransactionConflict"),
            statements(None),
        ]
    )

    done = bulk.in_batches(clients)(things, [INSERT] * 3)

    assert done == [True, True, False]
    sent = [len(call["Statements"]) for call in clients.calls["batch_execute_statement"]]
    assert sent == [3, 1, 1]


def test_statements_that_are_never_done_make_it_unavailable():
    things, clients = table(batch_execute_statement=[statements("ThrottlingError")] * 9)

    with pytest.raises(Unavailable):
        bulk.in_batches(clients)(things, [INSERT])


def test_a_statement_that_can_never_succeed_is_our_fault():
    things, clients = table(batch_execute_statement=[statements("ValidationError")])

    with pytest.raises(bulk.StatementRefused):
        bulk.in_batches(clients)(things, [INSERT])


@pytest.mark.parametrize(("events", "calls"), [(1, 1), (25, 1), (26, 2), (100, 4)])
def test_recording_a_job_takes_few_calls(events, calls):
    clients = ScriptedClients()

    def answer(**arguments):
        clients.calls["batch_execute_statement"].append(arguments)
        return statements(*[None] * len(arguments["Statements"]))

    clients.dynamodb.batch_execute_statement = answer
    write = bulk.in_batches(clients)
    store = DynamoInvocations("acme", Table(clients, "things"), write, retention_days=30)

    ours = store.record(job_of("acme", *(f"i{n}" for n in range(events))))

    assert len(ours) == events
    assert len(clients.calls["batch_execute_statement"]) == calls
    assert set(clients.calls) == {"batch_execute_statement"}


@pytest.mark.parametrize("write", [Table.write, Table.transact])
def test_an_item_that_dynamodb_would_refuse_is_refused_in_words(write):
    things, clients = table()
    item = {"pk": "a", "sk": "b", "data": "x" * 400 * 1024}

    with pytest.raises(TooLarge, match="the limit is"):
        write(things, Put(item))

    assert not clients.calls
