"""One DynamoDB table of items made of strings and whole numbers.

In expressions `#name` stands for the attribute of that name and `:name` for a value given with it.
Reads are consistent: what was answered as saved is there for the next call.
"""

import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from carillon.adapters.aws.clients import Clients, available, code, failures
from carillon.adapters.aws.keys import Key, Listing
from carillon.domain.base.errors import Unavailable

type Value = str | int
type Item = Mapping[str, Value]

ABSENT = "attribute_not_exists(#pk)"
PRESENT = "attribute_exists(#pk)"

_READS = 100  # keys that one BatchGetItem takes
_WRITES = 25  # items that one BatchWriteItem takes
_TRIES = 5
_FIRST_PAUSE = 0.05
_FIRST, _LAST = "\0", "\U0010ffff"  # sort before and behind every id
_NAME = re.compile(r"#(\w+)")
_REFUSED = "ConditionalCheckFailedException"
_NOT_NOW = {"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"}


class ConditionFailed(Exception):
    """A write was not done; `item` is what was there, where DynamoDB says so."""

    def __init__(self, item: Item | None = None) -> None:
        super().__init__("the condition did not hold")
        self.item = item


@dataclass(frozen=True)
class Put:
    item: Item
    condition: str = ""
    values: Item = field(default_factory=dict)


@dataclass(frozen=True)
class Delete:
    key: Key
    condition: str = ""
    values: Item = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """A part of a listing, and whether there is more behind it."""

    items: Sequence[Item]
    more: bool


class Table:
    def __init__(self, clients: Clients, name: str) -> None:
        self._clients = clients
        self.name = name

    def get(self, key: Key) -> Item | None:
        with available("DynamoDB"):
            answer = self._clients.dynamodb.get_item(
                TableName=self.name, Key=written(key._asdict()), ConsistentRead=True
            )
        return read(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Sequence[Key], attributes: Sequence[str] = ()) -> Sequence[Item]:
        """Those that exist, in any order; only the named attributes, if any are."""
        found: list[Item] = []
        for some in batched(dict.fromkeys(keys), _READS, strict=False):
            asked: Any = {
                "Keys": [written(key._asdict()) for key in some],
                "ConsistentRead": True,
                **_expression("ProjectionExpression", ", ".join(f"#{a}" for a in attributes)),
            }
            for _ in pauses():
                with available("DynamoDB"):
                    answer = self._clients.dynamodb.batch_get_item(RequestItems={self.name: asked})
                found += map(read, answer["Responses"].get(self.name, []))
                asked = answer.get("UnprocessedKeys", {}).get(self.name)
                if not asked:
                    break
            else:
                raise Unavailable("DynamoDB is not available")
        return found

    def query(
        self,
        listing: Listing,
        *,
        start: str = "",
        end: str = "",
        backwards: bool = False,
        limit: int | None = None,
    ) -> Rows:
        """Items in order from `start` to `end` (what follows the prefix, inclusive), or back."""
        found: list[Item] = []
        most = None if limit is None else limit + 1  # one more says whether there is more
        for items in self._pages(listing, start=start, end=end, backwards=backwards, most=most):
            found += items
        return Rows(found[:limit], more=limit is not None and len(found) > limit)

    def every(self, listing: Listing, attributes: Sequence[str]) -> Iterator[Item]:
        """All items of a listing, which may be too many to hold, with these attributes alone."""
        for items in self._pages(listing, attributes=attributes):
            yield from items

    def query_index(
        self, index: str, partition: tuple[str, str], span: tuple[str, int, int], *, limit: int
    ) -> Sequence[Item]:
        """The first items of an index's partition in a span of numbers, as they were just now.

        `partition` names the index's first key and says its value, `span` the second, from and to.
        """
        (pk, place), (sk, first, last) = partition, span
        with available("DynamoDB"):
            answer = self._clients.dynamodb.query(
                TableName=self.name,
                IndexName=index,
                Limit=limit,
                **_expression(
                    "KeyConditionExpression",
                    f"#{pk} = :place AND #{sk} BETWEEN :first AND :last",
                    {"place": place, "first": first, "last": last},
                ),
            )
        return [read(item) for item in answer["Items"]]

    def newest_of_index(
        self, index: str, partition: tuple[str, str], prefix: tuple[str, str], *, limit: int
    ) -> Sequence[Item]:
        """The last items of an index's partition whose second key starts with a prefix."""
        found: list[Item] = []
        for answer in self._of_index(index, partition, prefix, limit):
            found += map(read, answer["Items"])
        return found

    def count_index(
        self, index: str, partition: tuple[str, str], prefix: tuple[str, str], *, limit: int
    ) -> int:
        """How many items start with the prefix, `limit` at most; none of them is sent to us."""
        counts = self._of_index(index, partition, prefix, limit, Select="COUNT")
        return sum(int(answer["Count"]) for answer in counts)

    def _of_index(
        self,
        index: str,
        partition: tuple[str, str],
        prefix: tuple[str, str],
        left: int,
        **options: Any,
    ) -> Iterator[Any]:
        """An index's answers, of `left` items in all, the last item first."""
        (pk, place), (sk, start) = partition, prefix
        condition = f"#{pk} = :place AND begins_with(#{sk}, :start)"
        asked: dict[str, Any] = {
            "TableName": self.name,
            "IndexName": index,
            "ScanIndexForward": False,
            **_expression("KeyConditionExpression", condition, {"place": place, "start": start}),
            **options,
        }
        while left > 0:
            with available("DynamoDB"):
                answer = self._clients.dynamodb.query(**asked, Limit=left)
            yield answer
            left -= answer["Count"]
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def index(self, index: str, partition: tuple[str, str], *, limit: int) -> Sequence[Item]:
        """The first items of an index's partition, as they were just now."""
        pk, place = partition
        with available("DynamoDB"):
            answer = self._clients.dynamodb.query(
                TableName=self.name,
                IndexName=index,
                Limit=limit,
                **_expression("KeyConditionExpression", f"#{pk} = :place", {"place": place}),
            )
        return [read(item) for item in answer["Items"]]

    def count(self, listing: Listing, *, limit: int) -> tuple[int, bool]:
        """How many items a listing has, counted up to the limit or a megabyte; is there more?"""
        condition, values = _range(listing, "", "")
        with available("DynamoDB"):
            answer = self._clients.dynamodb.query(
                TableName=self.name,
                Select="COUNT",
                Limit=limit,
                **_expression("KeyConditionExpression", condition, values),
            )
        return answer["Count"], "LastEvaluatedKey" in answer

    def write(self, action: Put | Delete) -> None:
        """Raise ConditionFailed, with what was there, when the condition does not hold."""
        old: dict[str, Any] = (
            {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if action.condition else {}
        )
        client = self._clients.dynamodb
        with _conditional(), available("DynamoDB"):
            match action:
                case Put():
                    client.put_item(**self._arguments(action), **old)
                case Delete():
                    client.delete_item(**self._arguments(action), **old)

    def update(self, key: Key, change: str, condition: str, values: Item) -> Item:
        """The item as it is now."""
        with _conditional(), available("DynamoDB"):
            answer = self._clients.dynamodb.update_item(
                TableName=self.name,
                Key=written(key._asdict()),
                UpdateExpression=change,
                ReturnValues="ALL_NEW",
                **_expression("ConditionExpression", condition, values, also=change),
            )
        return read(answer["Attributes"])

    def transact(self, *actions: Put | Delete) -> None:
        """All or nothing; raise ConditionFailed when a condition does not hold."""
        items: Any = [{type(action).__name__: self._arguments(action)} for action in actions]
        with _conditional(), available("DynamoDB"):
            self._clients.dynamodb.transact_write_items(TransactItems=items)

    def write_many(self, actions: Sequence[Put | Delete]) -> None:
        """Each on its own and without conditions; the last of several for one key."""
        last = {_key(action): action for action in actions}
        for some in batched(last.values(), _WRITES, strict=False):
            asked: Any = [_request(action) for action in some]
            for _ in pauses():
                with available("DynamoDB"):
                    answer = self._clients.dynamodb.batch_write_item(
                        RequestItems={self.name: asked}
                    )
                asked = answer.get("UnprocessedItems", {}).get(self.name)
                if not asked:
                    break
            else:
                raise Unavailable("DynamoDB is not available")

    def _pages(
        self,
        listing: Listing,
        *,
        start: str = "",
        end: str = "",
        backwards: bool = False,
        most: int | None = None,
        attributes: Sequence[str] = (),
    ) -> Iterator[Sequence[Item]]:
        """A listing as DynamoDB gives it, a megabyte at a time, `most` items in all."""
        if listing.prefix + start > listing.prefix + (end or _LAST):  # DynamoDB calls it an error
            return
        shown = ", ".join(f"#{name}" for name in attributes)
        asked: dict[str, Any] = {
            "TableName": self.name,
            "ConsistentRead": True,
            "ScanIndexForward": not backwards,
            **_expression("KeyConditionExpression", *_range(listing, start, end), also=shown),
            **({"ProjectionExpression": shown} if shown else {}),
        }
        while most is None or most > 0:
            if most is not None:
                asked["Limit"] = most
            with available("DynamoDB"):
                answer = self._clients.dynamodb.query(**asked)
            yield [read(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
            most = None if most is None else most - len(answer["Items"])

    def _arguments(self, action: Put | Delete) -> Any:
        thing = (
            {"Item": written(action.item)}
            if isinstance(action, Put)
            else {"Key": written(action.key._asdict())}
        )
        condition = _expression("ConditionExpression", action.condition, action.values)
        return {"TableName": self.name, **thing, **condition}


def written(item: Item) -> dict[str, Any]:
    return {
        name: {"S": value} if isinstance(value, str) else {"N": str(value)}
        for name, value in item.items()
    }


def read(item: Mapping[str, Any]) -> Item:
    return {name: value["S"] if "S" in value else int(value["N"]) for name, value in item.items()}


def pauses() -> Iterator[int]:
    """A number of tries with growing, uneven pauses between them."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1))  # noqa: S311  # no secret
        yield attempt


def _range(listing: Listing, start: str, end: str) -> tuple[str, Item]:
    if not (listing.prefix or start or end):
        return "#pk = :pk", {"pk": listing.pk}
    low, high = listing.prefix + start or _FIRST, listing.prefix + (end or _LAST)
    condition = "#pk = :pk AND #sk BETWEEN :low AND :high"
    return condition, {"pk": listing.pk, "low": low, "high": high}


def _expression(
    kind: str, text: str, values: Item | None = None, *, also: str = ""
) -> dict[str, Any]:
    """The expression with the names and values that it, and another beside it, speak of."""
    if not text:
        return {}
    arguments: dict[str, Any] = {
        kind: text,
        "ExpressionAttributeNames": {f"#{name}": name for name in _NAME.findall(text + also)},
    }
    if values:
        arguments["ExpressionAttributeValues"] = {
            f":{name}": value for name, value in written(values).items()
        }
    return arguments


@contextmanager
def _conditional() -> Iterator[None]:
    """Tell a condition that did not hold from all other errors."""
    try:
        yield
    except failures() as error:
        response = getattr(error, "response", {})
        reasons = {reason.get("Code") for reason in response.get("CancellationReasons", [])}
        if code(error) == _REFUSED:
            item = response.get("Item")
            raise ConditionFailed(read(item) if item else None) from error
        if "ConditionalCheckFailed" in reasons:
            raise ConditionFailed from error
        if reasons & _NOT_NOW:
            raise Unavailable("DynamoDB is not available") from error
        raise


def _key(action: Put | Delete) -> Key:
    if isinstance(action, Delete):
        return action.key
    return Key(str(action.item["pk"]), str(action.item["sk"]))


def _request(action: Put | Delete) -> dict[str, Any]:
    if isinstance(action, Put):
        return {"PutRequest": {"Item": written(action.item)}}
    return {"DeleteRequest": {"Key": written(action.key._asdict())}}
