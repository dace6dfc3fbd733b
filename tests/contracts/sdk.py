"""What Novu's official client calls and parses, read from its own sources.

`python -m tests.contracts.sdk` writes the table of tests/contracts/README.md.
"""

import inspect
import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from novu_py import Novu, models
from novu_py.basesdk import BaseSDK

from local import template
from local.routing import Routes

ROOT = Path(__file__).parents[2]
README = Path(__file__).parent / "README.md"
_START, _END = "<!-- table -->", "<!-- end -->"

# Why the rest is not served; the longest name that fits says it.
REASONS = {
    "activity.track": "providers' delivery reports are not taken in",
    "agents": "there are no agents",
    "channel_connections": "there is no OAuth with chat services: give a token or a webhook",
    "channel_endpoints": "an address is a subscriber's, by provider: `credentials`",
    "contexts": "Novu's newer contexts; the `tenant` of an event is served",
    "domains": "no mail is received",
    "environment_variables": "there are none: put it into the payload or the template",
    "environments": "a tenant is one environment; the operator makes tenants by the admin API",
    "integrations.create_mobile_link": "Telegram has no provider",
    "integrations.generate": "there is no OAuth with chat services: give a token or a webhook",
    "integrations.integrations_controller": "nothing is set up at a provider's",
    "integrations.link_channel_endpoint": "an address is a subscriber's: `credentials`",
    "layouts": "a template holds the whole message",
    "subscribers.notifications": "the feed is read and marked by the calls that are served",
    "topics.subscriptions.get_subscription": "a membership has nothing of its own",
    "topics.subscriptions.update": "a membership has nothing of its own",
    "translations": "a template has locales of its own: admin API",
    "workflows.steps.generate_preview": "trigger it for yourself, or test by another API",
}


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method of the client: the call it makes, and the type that it parses the answer as."""

    name: str
    verb: str
    path: str
    statuses: tuple[str, ...]
    result: object

    @property
    def call(self) -> str:
        return f"{self.verb} {self.path}"

    @property
    def reason(self) -> str | None:
        fitting = [name for name in REASONS if self.name.startswith(name)]
        return REASONS[max(fitting, key=len)] if fitting else None

    @property
    def is_served(self) -> bool:
        match = routes().find(self.verb, re.sub(r"\{\w+\}", "x", self.path))
        if match is None:
            return False
        handler = import_module(match.function.module).handler
        return self.verb in getattr(handler, "endpoints", {})


@cache
def routes() -> Routes:
    return Routes.of(template.functions(template.read(ROOT / "template.yaml")))


@cache
def methods() -> tuple[Method, ...]:
    return tuple(_methods(Novu(secret_key="none", server_url="http://localhost"), ""))


def _methods(sdk: BaseSDK, prefix: str) -> Iterator[Method]:
    for name, function in inspect.getmembers(type(sdk), inspect.isfunction):
        if not name.startswith("_") and not name.endswith("_async"):
            yield from _method(prefix + name, inspect.getsource(function))
    parts = {*getattr(type(sdk), "_sub_sdk_map", ()), *vars(sdk)} - {"parent_ref"}
    for name in sorted(parts):
        part = None if name.startswith("_") else getattr(sdk, name)
        if isinstance(part, BaseSDK):
            yield from _methods(part, f"{prefix}{name}.")


def _method(name: str, source: str) -> Iterator[Method]:
    verb, path = re.search(r'method="(\w+)"', source), re.search(r'path="([^"]+)"', source)
    success = re.search(
        r'match_response\(http_res, (\[[^]]*\]|"2\d\d"), ".*?"\):(.*?)if utils', source, re.DOTALL
    )
    if not (verb and path):
        return
    statuses, returned = success.groups() if success else ("", "")
    parsed = re.search(r"unmarshal_json_response\(\s*(.+?), http_res", returned)
    yield Method(
        name=name,
        verb=verb[1],
        path=path[1],
        statuses=tuple(re.findall(r"\d+", statuses)),
        result=_type(parsed[1]) if parsed else None,
    )


def _type(text: str) -> object:
    names = {"List": typing.List, "Optional": typing.Optional, "models": models}  # noqa: UP006 - its words
    return eval(text, {}, names)


def table() -> str:
    rows = ["| method | call | |", "|---|---|---|"]
    for method in methods():
        said = "works" if method.is_served else f"not served: {method.reason}"
        rows.append(f"| `{method.name}` | `{method.call}` | {said} |")
    return "\n".join(rows)


def written() -> str:
    """The README with the table as it is now."""
    before, _, rest = README.read_text().partition(_START)
    return f"{before}{_START}\n{table()}\n{_END}{rest.partition(_END)[2]}"


if __name__ == "__main__":
    README.write_text(written())
