"""AWS calls as IAM sees them: which action on which of the template's resources."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

# A phone number has no ARN: its statement is of all that are no topics.
NO_TOPIC = "a phone number"

_STATEMENT = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM|SELECT .*? FROM)\s+"([^"]+)"')
_PARTIQL = {"INSERT INTO": "Insert", "UPDATE": "Update", "DELETE FROM": "Delete"}
# What a transaction does is allowed by the actions that do it alone.
_IN_TRANSACTIONS = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
    "ConditionCheck": "ConditionCheckItem",
}

type Arguments = Mapping[str, Any]


class Right(NamedTuple):
    """An IAM action on a resource, called as the template calls it.

    `key` is what a table's partition keys begin with, up to its "#"; empty for all else.
    """

    action: str
    resource: str
    key: str = ""


_BUCKET, _OBJECTS = "AttachmentsBucket", "AttachmentsBucket/*"
_OF_OBJECTS = {
    "PutObject": [Right("s3:PutObject", _OBJECTS)],
    # Who may not list is told that an object is forbidden, not that it is gone.
    "GetObject": [Right("s3:GetObject", _OBJECTS), Right("s3:ListBucket", _BUCKET)],
    "DeleteObjects": [Right("s3:DeleteObject", _OBJECTS)],
    "ListObjectsV2": [Right("s3:ListBucket", _BUCKET)],
}


def rights(service: str, operation: str, arguments: Arguments) -> Iterator[Right]:
    """What a call of botocore needs."""
    match service:
        case "dynamodb":
            yield from _dynamodb(operation, arguments)
        case "sqs":
            name = arguments.get("QueueName") or arguments["QueueUrl"].rpartition("/")[2]
            yield Right(f"sqs:{operation.removesuffix('Batch')}", name)
        case "s3":
            yield from _OF_OBJECTS[operation]
        case "secretsmanager":
            yield Right(f"secretsmanager:{operation}", arguments["SecretId"])
        case "sesv2":
            yield from (Right(f"ses:{operation}", each) for each in _of_ses(arguments))
        case "sns":
            yield Right(f"sns:{operation}", NO_TOPIC)
        case "events":
            yield Right(f"events:{operation}", "event-bus/default")
        case _:
            raise ValueError(f"Say here which rights {service} needs")


def _of_ses(arguments: Arguments) -> Iterator[str]:
    yield "identity/*"
    if "ConfigurationSetName" in arguments:
        yield "configuration-set/*"
    if "TenantName" in arguments:
        yield "tenant/*"


def _dynamodb(operation: str, arguments: Arguments) -> Iterator[Right]:
    match operation:
        case "TransactWriteItems":
            yield from map(_in_transaction, arguments["TransactItems"])
        case "BatchExecuteStatement":
            yield from map(_by_statement, arguments["Statements"])
        case "BatchGetItem":
            for table, asked in arguments["RequestItems"].items():
                yield from _on_each(operation, table, [{"Key": key} for key in asked["Keys"]])
        case "BatchWriteItem":
            for table, requests in arguments["RequestItems"].items():
                things = [thing for request in requests for thing in request.values()]
                yield from _on_each(operation, table, things)
        case "Query":
            yield _query(arguments)
        case _:
            yield from _on_each(operation, arguments["TableName"], [arguments])


def _on_each(operation: str, table: str, things: Sequence[Arguments]) -> Iterator[Right]:
    for thing in things:
        key = thing.get("Item") or thing["Key"]
        yield Right(f"dynamodb:{operation}", table, _beginning(key["pk"]))


def _in_transaction(item: Arguments) -> Right:
    [(kind, thing)] = item.items()
    [right] = _on_each(_IN_TRANSACTIONS[kind], thing["TableName"], [thing])
    return right


def _query(arguments: Arguments) -> Right:
    """An index is a resource of its own."""
    values = arguments["ExpressionAttributeValues"]
    index = f"/index/{arguments['IndexName']}" if "IndexName" in arguments else ""
    partition = values.get(":pk") or values[":place"]
    return Right("dynamodb:Query", arguments["TableName"] + index, _beginning(partition))


def _by_statement(asked: Arguments) -> Right:
    statement = asked["Statement"]
    found = _STATEMENT.match(statement)
    assert found, statement
    verb = _PARTIQL.get(found[1], "Select")
    if verb == "Insert":
        place = re.findall(r"'(\w+)': \?", statement).index("pk")
    else:
        place = statement.partition('"pk" = ?')[0].count("?")
    return Right(f"dynamodb:PartiQL{verb}", found[2], _beginning(asked["Parameters"][place]))


def _beginning(value: Mapping[str, str]) -> str:
    start, mark, _ = value["S"].partition("#")
    return start + mark
