"""`make demo`: send a hundred events in one request, and wait until each notification lands."""

import argparse
import json
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local.options import Options, Unable

_PATIENCE = 60.0
# The providers that one event of each type reaches.
_EXPECTED = {
    "welcome": ("email",),
    "order-shipped": ("email", "slack", "webhook"),
    "deploy-finished": ("slack",),
}
_EVENTS = {"welcome": 34, "order-shipped": 33, "deploy-finished": 33}
_CHANNELS = {"email": "Email", "slack": "Slack", "webhook": "Webhook"}

type Expected = Counter[tuple[str, str]]  # (provider, mark)


class Demo:
    """One run of the demo. Each event carries a unique mark that identifies its notifications."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self._stack = stack
        self._run = uuid.uuid4().hex[:8]
        self._http = requests.Session()
        self._http.trust_env = False
        self.expected: Expected = Counter()
        self.accepted_at = 0.0

    def send(self) -> float:
        """Trigger all events in one request; return the seconds it took."""
        key = self._stack["tenant"]["api_key"]
        events = list(self._events())
        started = time.time()
        answer = self._http.post(
            f"{self._stack['base_url']}/v1/events/trigger/bulk",
            json={"events": events},
            headers={"authorization": f"ApiKey {key}"},
            timeout=30,
        )
        self.accepted_at = time.time()
        if answer.status_code != HTTPStatus.CREATED:
            raise Unable(f"The API answers {answer.status_code}: {answer.text[:500]}")
        refused = [each for each in answer.json()["data"] if each["status"] != "processed"]
        if refused:
            raise Unable(f"{len(refused)} events were refused, the first: {json.dumps(refused[0])}")
        return self.accepted_at - started

    def arrived(self) -> list[tuple[str, str, float]]:
        """Return (provider, mark, time) of each notification that has landed."""
        answer = self._http.get(
            f"{self._stack['outbox_url']}/messages", params={"contains": self._run}, timeout=10
        )
        return [
            (message["provider"], mark, _timestamp(message["received_at"]))
            for message in answer.json()["messages"]
            if (mark := self._mark(message))
        ]

    def _mark(self, message: dict[str, Any]) -> str:
        start = message["body"].find(f"{self._run}-")
        return message["body"][start : start + len(self._run) + 4] if start >= 0 else ""

    def _events(self) -> Iterator[dict[str, Any]]:
        number = 0
        for name, count in _EVENTS.items():
            for _ in range(count):
                mark = f"{self._run}-{number:03d}"
                self.expected.update((provider, mark) for provider in _EXPECTED[name])
                yield {
                    "name": name,
                    "to": self._person(number),
                    "payload": _payload(name, mark),
                    "transactionId": f"demo-{mark}",
                }
                number += 1

    def _person(self, number: int) -> dict[str, Any]:
        id = f"demo-{number % 10}"
        url = f"{self._stack['outbox_url']}/slack/T0/B0/{id}"
        return {
            "subscriberId": id,
            "firstName": f"Demo {number % 10}",
            "email": f"{id}@carillon.example",
            "channels": [{"providerId": "slack", "credentials": {"webhookUrl": url}}],
        }


def _payload(name: str, mark: str) -> dict[str, Any]:
    match name:
        case "welcome":
            return {"account": mark, "plan": "team"}
        case "order-shipped":
            return {"order": mark, "carrier": "DHL", "eta": "Thursday", "items": ["Desk lamp"]}
        case _:
            return {"service": "checkout", "version": mark, "environment": "production"}


def _timestamp(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def run(state: Path, console: Console) -> None:
    demo = Demo(_running_stack(state))
    seconds = demo.send()
    console.print(f"100 events accepted in one request, in {seconds * 1000:.0f} ms.")
    landed = _follow(demo, console)
    counts = Counter(landed_provider for landed_provider, _, _ in landed)
    for provider, name in _CHANNELS.items():
        last = max(at for of, _, at in landed if of == provider)
        console.print(
            f"  {name:<8} {counts[provider]:>4} landed, each once;"
            f" the last after {last - demo.accepted_at:.2f} s"
        )


def _follow(demo: Demo, console: Console) -> list[tuple[str, str, float]]:
    total = demo.expected.total()
    columns = (TextColumn("Notifications"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    deadline = time.monotonic() + _PATIENCE
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=total)
        while True:
            landed = demo.arrived()
            progress.update(bar, completed=len(landed))
            if len(landed) >= total:
                break
            if time.monotonic() > deadline:
                raise Unable(f"Only {len(landed)} of {total} notifications landed in a minute.")
            time.sleep(0.1)
    time.sleep(0.5)  # let duplicates arrive, if there are any
    landed = demo.arrived()
    found = Counter((provider, mark) for provider, mark, _ in landed)
    if found != demo.expected:
        twice, missing = found - demo.expected, demo.expected - found
        raise Unable(f"{twice.total()} notifications too many, {missing.total()} missing.")
    return landed


def _running_stack(state: Path) -> dict[str, Any]:
    try:
        stack = json.loads((state / "stack.json").read_text())
    except (OSError, ValueError):
        raise Unable("No stack is running: start it with `make run` in another terminal.") from None
    if not stack["tenant"]:
        raise Unable("The running stack has no demo tenant: start it without --no-demo.")
    return dict(stack)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.demo", description=__doc__)
    parser.add_argument("--state", type=Path, default=Options.state, help="the running stack's")
    state = parser.parse_args().state
    try:
        run(state, Console(highlight=False))
    except Unable as problem:
        print(problem, file=sys.stderr)
        return 1
    except requests.ConnectionError:
        print("The stack does not answer: start it with `make run`.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped watching. Accepted events are still delivered.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
