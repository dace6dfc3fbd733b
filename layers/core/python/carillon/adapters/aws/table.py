"""One DynamoDB table, whose items hold strings and whole numbers.

In expressions `#name` is the attribute of that name and `:name` a value given with the expression.
Reads of the table are consistent: the next call sees every write that was answered. Reads of an
index may miss the last writes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, batched
from typing import Any

from carillon.adapters.aws.clients import Clients, available
from carillon.adapters.aws.conditions import Busy, conditional
from carillon.adapters.aws.expressions import LAST, Item, expression, range_of, read, written
from carillon.adapters.aws.keys import Key, Listing
from carillon.adapters.aws.pauses import LAST_TRY, pauses
from carillon.domain.base.errors import TooLarge, Unavailable

_ITEM = 400 * 1024 - 1_024  # bytes; what is left is for numbers, and for changes of attributes
_READS = 100  # keys in one BatchGetItem
_WRITES = 25  # items in one BatchWriteItem


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
class Change:
    """A change of some attributes, which leaves all others of the item."""

    key: Key
    set: str  # an update expression
    condition: str
    values: Item


type Action = Put | Delete | Change


@dataclass(frozen=True)
class Rows:
    """A part of a listing, and whether more items follow."""

    items: Sequence[Item]
    more: bool


def _fitting(items: Sequence[Item], room: int, fewest: int) -> int:
    """Return how many of the items fit into so many characters; the fewest always do."""
    sizes = accumulate(size_of(item) for item in items)
    return min(len(items), max(fewest, sum(1 for size in sizes if size <= room)))


def _storable(item: Item) -> Item:
    """Return the item; raise TooLarge for one that DynamoDB would refuse."""
    size = size_of(item) + sum(len(name) for name in item)
    if size > _ITEM:
        raise TooLarge(f"This would be stored in {size} bytes; the limit is {_ITEM}")
    return item


def size_of(item: Item) -> int:
    """Return the characters of an item's texts, which are nearly all of it."""
    return sum(len(value) for value in item.values() if isinstance(value, str))


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
        """Return the existing items in any order, with the named attributes alone if any are."""
        found: list[Item] = []
        for some in batched(dict.fromkeys(keys), _READS, strict=False):
            asked: Any = {
                "Keys": [written(key._asdict()) for key in some],
                "ConsistentRead": True,
                **expression("ProjectionExpression", ", ".join(f"#{a}" for a in attributes)),
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
        room: int | None = None,
        fewest: int = 1,
    ) -> Rows:
        """Return items in order from `start` to `end`, both inclusive and without the prefix.

        With `room`, in characters, there are no more than fit into it, but for the `fewest`.
        """
        found: list[Item] = []
        most = None if limit is None else limit + 1  # the extra one tells that more follow
        for items in self._pages(listing, start=start, end=end, backwards=backwards, most=most):
            found += items
            if room is not None and _fitting(found, room, fewest) < len(found):
                break
        end_ = len(found) if room is None else _fitting(found, room, fewest)
        end_ = end_ if limit is None else min(end_, limit)
        return Rows(found[:end_], more=len(found) > end_)

    def every(self, listing: Listing, attributes: Sequence[str]) -> Iterator[Item]:
        """Yield all items of a listing, with these attributes alone."""
        for items in self._pages(listing, attributes=attributes):
            yield from items

    def query_index(
        self, index: str, partition: tuple[str, str], span: tuple[str, int, int], *, limit: int
    ) -> Sequence[Item]:
        """Return the first items of an index's partition whose second key lies in a span.

        `partition` is the first key's name and value; `span` the second key's name, first and last.
        """
        (pk, place), (sk, first, last) = partition, span
        with available("DynamoDB"):
            answer = self._clients.dynamodb.query(
                TableName=self.name,
                IndexName=index,
                Limit=limit,
                **expression(
                    "KeyConditionExpression",
                    f"#{pk} = :place AND #{sk} BETWEEN :first AND :last",
                    {"place": place, "first": first, "last": last},
                ),
            )
        return [read(item) for item in answer["Items"]]

    def newest_of_index(
        self, index: str, partition: tuple[str, str], prefix: tuple[str, str], *, limit: int
    ) -> Sequence[Item]:
        """Return the last items of an index's partition whose second key starts with a prefix."""
        found: list[Item] = []
        for answer in self._of_index(index, partition, prefix, limit):
            found += map(read, answer["Items"])
        return found

    def count_index(
        self, index: str, partition: tuple[str, str], prefix: tuple[str, str], *, limit: int
    ) -> int:
        """Count the items that start with the prefix, up to `limit`, without reading them."""
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
        """Yield an index's answers, of `left` items in all, the last item first."""
        (pk, place), (sk, start) = partition, prefix
        condition = f"#{pk} = :place AND begins_with(#{sk}, :start)"
        asked: dict[str, Any] = {
            "TableName": self.name,
            "IndexName": index,
            "ScanIndexForward": False,
            **expression("KeyConditionExpression", condition, {"place": place, "start": start}),
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
        """Return the first items of an index's partition."""
        pk, place = partition
        with available("DynamoDB"):
            answer = self._clients.dynamodb.query(
                TableName=self.name,
                IndexName=index,
                Limit=limit,
                **expression("KeyConditionExpression", f"#{pk} = :place", {"place": place}),
            )
        return [read(item) for item in answer["Items"]]

    def count(self, listing: Listing, *, limit: int) -> tuple[int, bool]:
        """Count a listing's items up to the limit or a megabyte; return whether more follow."""
        condition, values = range_of(listing, "", "")
        with available("DynamoDB"):
            answer = self._clients.dynamodb.query(
                TableName=self.name,
                Select="COUNT",
                Limit=limit,
                **expression("KeyConditionExpression", condition, values),
            )
        return answer["Count"], "LastEvaluatedKey" in answer

    def write(self, action: Put | Delete) -> None:
        """Write one item; raise ConditionFailed, with the stored item, when the condition fails."""
        old: dict[str, Any] = (
            {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if action.condition else {}
        )
        client = self._clients.dynamodb
        match action:
            case Put():
                _when_free(lambda: client.put_item(**self._arguments(action), **old))
            case Delete():
                _when_free(lambda: client.delete_item(**self._arguments(action), **old))

    def update(self, key: Key, change: str, condition: str, values: Item) -> Item:
        """Change an item; return it as it is afterwards."""
        answer = _when_free(
            lambda: self._clients.dynamodb.update_item(
                TableName=self.name,
                Key=written(key._asdict()),
                UpdateExpression=change,
                ReturnValues="ALL_NEW",
                **expression("ConditionExpression", condition, values, also=change),
            )
        )
        return read(answer["Attributes"])

    def transact(
        self, *actions: Action, beside: "tuple[Table, Sequence[Action]] | None" = None
    ) -> None:
        """Write all or nothing; raise ConditionFailed when a condition fails.

        `beside` are actions on another table, in the same transaction.
        """
        items: Any = [self._item_of(action) for action in actions]
        if beside:
            table, others = beside
            items += [table._item_of(action) for action in others]  # noqa: SLF001  # another Table
        _when_free(lambda: self._clients.dynamodb.transact_write_items(TransactItems=items))

    def write_many(self, actions: Sequence[Put | Delete]) -> None:
        """Write each on its own, without conditions; of several for one key, the last."""
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
        """Yield a listing as DynamoDB returns it: a megabyte at a time, `most` items in all."""
        if listing.prefix + start > listing.prefix + (end or LAST):  # DynamoDB would refuse it
            return
        shown = ", ".join(f"#{name}" for name in attributes)
        asked: dict[str, Any] = {
            "TableName": self.name,
            "ConsistentRead": True,
            "ScanIndexForward": not backwards,
            **expression("KeyConditionExpression", *range_of(listing, start, end), also=shown),
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

    def _item_of(self, action: Action) -> dict[str, Any]:
        """Return an action as an item of a transaction."""
        if isinstance(action, Change):
            return {
                "Update": {
                    "TableName": self.name,
                    "Key": written(action.key._asdict()),
                    "UpdateExpression": action.set,
                    **expression(
                        "ConditionExpression", action.condition, action.values, also=action.set
                    ),
                }
            }
        return {type(action).__name__: self._arguments(action)}

    def _arguments(self, action: Put | Delete) -> Any:
        thing = (
            {"Item": written(_storable(action.item))}
            if isinstance(action, Put)
            else {"Key": written(action.key._asdict())}
        )
        condition = expression("ConditionExpression", action.condition, action.values)
        return {"TableName": self.name, **thing, **condition}


def _when_free[T](write: Callable[[], T]) -> T:
    """Write, anew while transactions of others have the items; raise ConditionFailed or Busy."""
    for number in pauses():
        try:
            with conditional(), available("DynamoDB"):
                return write()
        except Busy:
            if number == LAST_TRY:
                raise
    raise AssertionError("pauses end with the last try")


def _key(action: Put | Delete) -> Key:
    if isinstance(action, Delete):
        return action.key
    return Key(str(action.item["pk"]), str(action.item["sk"]))


def _request(action: Put | Delete) -> dict[str, Any]:
    if isinstance(action, Put):
        return {"PutRequest": {"Item": written(action.item)}}
    return {"DeleteRequest": {"Key": written(action.key._asdict())}}
