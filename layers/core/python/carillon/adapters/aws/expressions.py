"""Items and expressions as DynamoDB's API writes them."""

import re
from collections.abc import Mapping
from typing import Any

from carillon.adapters.aws.keys import Listing

type Value = str | int
type Item = Mapping[str, Value]

_FIRST, LAST = "\0", "\U0010ffff"  # sort before and after every id
_NAME = re.compile(r"#(\w+)")


def written(item: Item) -> dict[str, Any]:
    return {
        name: {"S": value} if isinstance(value, str) else {"N": str(value)}
        for name, value in item.items()
    }


def read(item: Mapping[str, Any]) -> Item:
    return {name: value["S"] if "S" in value else int(value["N"]) for name, value in item.items()}


def range_of(listing: Listing, start: str, end: str) -> tuple[str, Item]:
    if not (listing.prefix or start or end):
        return "#pk = :pk", {"pk": listing.pk}
    low, high = listing.prefix + start or _FIRST, listing.prefix + (end or LAST)
    condition = "#pk = :pk AND #sk BETWEEN :low AND :high"
    return condition, {"pk": listing.pk, "low": low, "high": high}


def expression(
    kind: str, text: str, values: Item | None = None, *, also: str = ""
) -> dict[str, Any]:
    """Return an expression's arguments: its names, those in `also`, and its values."""
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
