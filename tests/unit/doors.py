"""Every call by which a caller says something of a person, so that one rule is tested at each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from carillon.domain.tenancy.access import KeyReach, Scope
from carillon.usecases.delivery.fan_out import fan_out
from local import template
from local.routing import Routes
from tests import builders as a
from tests import fakes, gateway

ROUTES = Routes.of(template.functions(template.read(Path(__file__).parents[2] / "template.yaml")))
BITCASTER = "/api/o/acme"
APPLICATION = "shop/orders"
WHO = "ana@example.com"  # an id that Bitcaster's users may have too

_CAMEL = {
    "first_name": "firstName",
    "last_name": "lastName",
    "webhook_url": "webhookUrl",
    "device_tokens": "deviceTokens",
}
NAMES = frozenset({"first_name", "last_name"})
ADDRESSES = frozenset({"email", "phone"})
FIELDS = NAMES | ADDRESSES | {"avatar", "locale", "timezone", "data"}


@dataclass(frozen=True)
class Said:
    """What came of a call for the person that it was about."""

    answer: gateway.Answer
    refused: str = ""  # why, in the dialect's words


@dataclass(frozen=True)
class Door:
    """One call. `sets` are the fields it takes; `registers` whether it gives an address anew."""

    name: str
    knock: Callable[["Caller", str, Mapping[str, Any]], Said]
    sets: frozenset[str]
    channels: bool = True
    registers: bool = True
    null_clears: bool = False

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Caller:
    """Calls the functions that serve a path, with one tenant's key of every scope."""

    ports: fakes.World
    key: str

    @classmethod
    def of(cls, ports: fakes.World) -> "Caller":
        key = gateway.issue_key(ports, a.TENANT, *Scope)
        [id] = [id for id in ports.api_keys.by_id if f"_{id}_" in key]
        known = vars(ports.api_keys.by_id[id]) | {"reach": KeyReach.ORGANIZATION}
        ports.api_keys.by_id[id] = type(ports.api_keys.by_id[id])(**known)
        return cls(ports, key)

    def __call__(self, method: str, path: str, body: Any = None, **query: str) -> gateway.Answer:
        match = ROUTES.find(method, path)
        assert match is not None, path
        scheme = "Key" if path.startswith("/api/") else "ApiKey"
        return gateway.call(
            import_module(match.function.module).handler,
            method,
            unquote(path),
            body,
            path_parameters=match.parameters,
            query=query,
            authorization=f"{scheme} {self.key}",
        )

    def said(self, method: str, path: str, body: Any) -> Said:
        """Make a call that is refused as a whole, if it is."""
        answer = self(method, path, body)
        assert answer.status < 500, answer.text
        return Said(answer, "" if answer.status < 400 else answer.text)

    def fan_out(self) -> None:
        """Do what workers do with the events accepted so far."""
        jobs, self.ports.queues.jobs[:] = list(self.ports.queues.jobs), []
        for job in jobs:
            fan_out(job, ports=self.ports.of(job.tenant))


def _wire(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {_CAMEL.get(name, name): value for name, value in fields.items()}


def _novu(id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(fields)
    channels = fields.pop("channels", None)
    body = {"subscriberId": id, **_wire(fields)}
    return body if channels is None else body | {"channels": [_credentials(c) for c in channels]}


def _credentials(channel: Mapping[str, Any]) -> dict[str, Any]:
    own = {"providerId": channel["provider"]}
    if channel.get("integration"):
        own["integrationIdentifier"] = channel["integration"]
    rest = {k: v for k, v in channel.items() if k not in {"provider", "integration"}}
    return own | {"credentials": _wire(rest)}


def _event(**fields: Any) -> dict[str, Any]:
    return {"name": "welcome", "to": "somebody", **fields}


def _to(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
    said = caller.said("POST", "/v1/events/trigger", _event(to=_novu(id, fields)))
    caller.fan_out()
    return said


def _among(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
    body = _event(to=["bo", _novu(id, fields)])
    said = caller.said("POST", "/v1/events/trigger", body)
    caller.fan_out()
    return said


def _actor(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
    said = caller.said("POST", "/v1/events/trigger", _event(actor=_novu(id, fields)))
    caller.fan_out()
    return said


def _broadcast(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
    body = {"name": "welcome", "payload": {}, "actor": _novu(id, fields)}
    said = caller.said("POST", "/v1/events/trigger/broadcast", body)
    caller.fan_out()
    return said


def _bulk(part: str) -> Callable[[Caller, str, Mapping[str, Any]], Said]:
    """An event of a bulk between two others, which pass whatever comes of it."""

    def knock(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
        events = [_event(), _event(**{part: _novu(id, fields)}), _event()]
        answer = caller("POST", "/v1/events/trigger/bulk", {"events": events})
        assert answer.status == 201, answer.text
        first, own, last = answer.json["data"]
        assert (first["status"], last["status"]) == ("processed", "processed")
        caller.fan_out()
        return Said(answer, "" if own["status"] == "processed" else str(own["error"]))

    return knock


def _create(version: str) -> Callable[[Caller, str, Mapping[str, Any]], Said]:
    def knock(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
        return caller.said("POST", f"/{version}/subscribers", _novu(id, fields))

    return knock


def _change(method: str, version: str) -> Callable[[Caller, str, Mapping[str, Any]], Said]:
    def knock(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
        body = _novu(id, fields)
        return caller.said(method, f"/{version}/subscribers/{quote(id)}", body)

    return knock


def _many(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
    people = [{"subscriberId": "bo"}, _novu(id, fields), {"subscriberId": "cy"}]
    answer = caller("POST", "/v1/subscribers/bulk", {"subscribers": people})
    assert answer.status == 201, answer.text
    failed = answer.json["data"]["failed"]
    assert [one["subscriberId"] for one in failed] in ([], [id])
    return Said(answer, "".join(one["message"] for one in failed))


def credentials(method: str) -> Callable[[Caller, str, Mapping[str, Any]], Said]:
    def knock(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
        [channel] = fields["channels"]
        path = f"/v1/subscribers/{quote(id)}/credentials"
        return caller.said(method, path, _credentials(channel))

    return knock


def _admin(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
    people = [{"id": "bo"}, {"id": id, **fields}]
    answer = caller("POST", "/admin/v1/subscribers", {"subscribers": people})
    assert answer.status < 500, answer.text
    if answer.status != 200:
        return Said(answer, answer.text)
    return Said(answer, "".join(one["message"] for one in answer.json["failed"]))


def value_of(channel: Mapping[str, Any]) -> str:
    """The one text that is an address to Bitcaster."""
    tokens: Sequence[str] = channel.get("device_tokens") or ()
    return str(channel.get("webhook_url") or channel.get("channel") or tokens[0])


def _bitcaster_addresses(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [
        {"name": channel["provider"], "value": value_of(channel)}
        for channel in fields.get("channels", ())
    ]
    return [*found, *({"name": n, "value": fields[n]} for n in ("email", "phone") if n in fields)]


def _address(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
    [body] = _bitcaster_addresses(fields)
    return caller.said("POST", f"{BITCASTER}/u/{quote(id)}/addresses/", body)


def _register(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
    own = {name: value for name, value in fields.items() if name not in {"channels", "phone"}}
    if "data" in own:
        own["custom_fields"] = own.pop("data")
    email = {} if "email" in own else {"email": ""}
    known = {name: fields[name] for name in ("channels", "phone") if name in fields}
    body = {"username": id, **own, **email, "addresses": _bitcaster_addresses(known)}
    return caller.said("POST", f"{BITCASTER}/p/shop/a/orders/register/", body)


def _user(method: str) -> Callable[[Caller, str, Mapping[str, Any]], Said]:
    def knock(caller: Caller, id: str, fields: Mapping[str, Any]) -> Said:
        return caller.said(method, f"{BITCASTER}/u/{quote(id)}/", dict(fields))

    return knock


PUT_CREDENTIALS = Door("novu PUT credentials", credentials("PUT"), frozenset())
PATCH_CREDENTIALS = Door("novu PATCH credentials", credentials("PATCH"), frozenset())

DOORS = (
    Door("novu trigger to", _to, FIELDS, registers=False),
    Door("novu trigger among", _among, FIELDS, registers=False),
    Door("novu trigger actor", _actor, FIELDS, registers=False),
    Door("novu broadcast actor", _broadcast, FIELDS, registers=False),
    Door("novu bulk to", _bulk("to"), FIELDS, registers=False),
    Door("novu bulk actor", _bulk("actor"), FIELDS, registers=False),
    Door("novu v1 create", _create("v1"), FIELDS),
    Door("novu v1 update", _change("PUT", "v1"), FIELDS),
    Door("novu v1 bulk", _many, FIELDS),
    Door("novu v2 create", _create("v2"), FIELDS),
    Door("novu v2 patch", _change("PATCH", "v2"), FIELDS, null_clears=True),
    PUT_CREDENTIALS,
    PATCH_CREDENTIALS,
    Door("admin subscribers", _admin, FIELDS),
    Door("bitcaster address", _address, ADDRESSES),
    Door("bitcaster register", _register, NAMES | ADDRESSES),
    Door("bitcaster put user", _user("PUT"), NAMES, channels=False),
    Door("bitcaster patch user", _user("PATCH"), NAMES, channels=False),
)
