"""Show samples as examples that SailPoint's clients can read.

Their generated clients refuse a whole page of triggers unless each `exampleInput` is exactly one
of 30 published events, and each `exampleOutput` one of two. A sample that none of these can be is
shown with the smallest one beside it, where the schema allows that; this is taken off again when a
client sends the example as its input.

Source: https://developer.sailpoint.com/docs/api/beta/list-triggers
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

type Json = Mapping[str, Any]
# Whether a value satisfies a schema.
type Accepts = Callable[[Json, Json], bool]

_CLIENTS = "For SailPoint's clients"
_CHANGED: Json = {
    "identity": {"type": "IDENTITY", "id": "0f11f2a4", "name": _CLIENTS},
    "changes": [],
}
_SEARCHED: Json = dict.fromkeys(
    ["fileName", "ownerEmail", "ownerName", "query", "searchName", "signedS3Url"], _CLIENTS
) | {"searchResults": {}}
# Taken in turn: the names of the first may be the event type's own.
_FILLERS = (_CHANGED, _SEARCHED)
_DECIDED: Json = {"approved": True, "comment": "", "approver": _CLIENTS}
# Published events that the clients can tell from the others, by their objects and lists | the rest.
_INPUTS = (
    "requestedFor requestedItemsStatus requestedBy | accessRequestId",
    "identity source account |",
    "identity changes |",
    "sources recipient accountRequests | trackingNumber",
    "searchResults | fileName ownerEmail ownerName query searchName signedS3Url",
    "actor | id name type connector",
    "application healthCheckResult previousHealthCheckResult | created type",
)
_OUTPUTS = ("| id name type", "| approved comment approver")


def example_input(sample: Json | None, schema: Json | None, accepts: Accepts) -> tuple[Json, Json]:
    """Return the example and the schema that it satisfies, opened for a filler if need be."""
    shown, schema = dict(sample or {}), schema or {}
    if _may_be_one_of(_INPUTS, shown):
        return shown, schema
    for filler in _FILLERS:
        if filler.keys() & shown.keys():
            continue
        filled = {**shown, **filler}
        for candidate in (schema, _opened(schema, filler)):
            if accepts(candidate, filled):
                return filled, candidate
    return shown, schema


def example_output(sample: Json | None, schema: Json | None, accepts: Accepts) -> Json | None:
    """Return the example, or None where no client could read it."""
    if sample is None or _may_be_one_of(_OUTPUTS, sample):
        return sample
    filled = {**_DECIDED, **sample}
    readable = all(type(filled[name]) is type(value) for name, value in _DECIDED.items())
    return filled if readable and accepts(schema or {}, filled) else None


def without_filler(given: Json) -> Json:
    """Return what was sent, without what an example has for the clients' sake alone."""
    for filler in _FILLERS:
        if all(given.get(name) == value for name, value in filler.items()):
            return {name: value for name, value in given.items() if name not in filler}
    return given


def _may_be_one_of(events: Sequence[str], value: Json) -> bool:
    """Whether all fields of an event are there: what is in these is not looked at."""
    return any(_has(value, *event.split("|")) for event in events)


def _has(value: Json, structures: str, others: str) -> bool:
    return all(isinstance(value.get(name), Mapping | list) for name in structures.split()) and all(
        name in value for name in others.split()
    )


def _opened(schema: Json, filler: Json) -> Json:
    """Return a schema that names its properties and no others, with the filler's beside them."""
    about: Json = {"description": "Lets SailPoint's clients read the example; never sent"}
    return {
        **schema,
        "properties": {**schema.get("properties", {}), **dict.fromkeys(filler, about)},
    }
