"""Stacks as `python -m local` starts them, each on free ports with a state of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from local import deploy
from local.aws import Emulated
from tests import canaries

ROOT = Path(__file__).resolve().parents[2]

# The two lines that show whoever starts the stack the demo tenant's key.
_SHOWN = ("Demo key", "-H 'Authorization: ApiKey")
_SECRETS = ("api_key", "emulator_token", "key_secret", "operator_key", "secret", "webhook_secret")

# Lines of any stack of this run that hold a secret, masked.
leaks: list[str] = []


@dataclass
class Stack:
    """A running stack, and how a test talks to it."""

    state: Path
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set, repr=False)  # the secrets that it gave away

    def __post_init__(self):
        self.http = requests.Session()
        self.http.trust_env = False
        self.process = None
        self.described: dict[str, Any] = {}

    @property
    def base_url(self) -> str:
        return self.described["base_url"]

    @property
    def outbox_url(self) -> str:
        return self.described["outbox_url"]

    @property
    def emulator_url(self) -> str:
        return self.described["emulator_url"]

    def aws(self, service: str) -> Any:
        """Make a client of one of its emulated services; the test closes it."""
        emulated = Emulated(url=self.emulator_url, token=self.described["emulator_token"])
        return deploy.client(emulated, service)

    @property
    def operator_key(self) -> str:
        return self.described["operator_key"]

    @property
    def api_key(self) -> str:
        return self.described["tenant"]["api_key"]

    @property
    def webhook_secret(self) -> str:
        return self.described["tenant"]["webhook_secret"]

    @property
    def functions_pid(self) -> int:
        """The process that runs the handlers; another one after a kill or a reload."""
        return int((self.state / "functions.pid").read_text())

    @property
    def output(self) -> str:
        return (self.state / "output.log").read_text()

    def launch(self) -> subprocess.Popen:
        """Start it without waiting for anything."""
        self.state.mkdir(parents=True, exist_ok=True)
        (self.state / "stack.json").unlink(missing_ok=True)  # a killed stack leaves its own
        with (self.state / "output.log").open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local", "--state", self.state, *self.arguments],
                cwd=ROOT,
                env=os.environ | {"PORT": "0", "OUTBOX_PORT": "0"} | self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self.process

    def start(self, *, patience: float = 180) -> float:
        """Start it and wait until it is ready; how many seconds that took."""
        started = time.monotonic()
        process = self.launch()
        description = self.state / "stack.json"
        while not description.exists():
            assert process.poll() is None, f"the stack did not start:\n{self.output}"
            assert time.monotonic() - started < patience, f"not ready in time:\n{self.output}"
            time.sleep(0.05)
        self.described = json.loads(description.read_text())
        self.known |= set(_secrets_of(self.described))
        return time.monotonic() - started

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it, and give its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(number)
        try:
            return self.process.wait(40)
        finally:
            self.process.kill()
            self.process = None
            leaks.extend(self.leaks())

    def leaks(self) -> list[str]:
        """The lines of its logs that hold a canary or a key that it made, masked."""
        return [
            f"{log.parent.name}/{log.name}: {self._masked(line)}"
            for log in sorted(self.state.glob("*.log"))
            for line in log.read_text(errors="replace").splitlines()
            if self._masked(line) != line and not line.strip().startswith(_SHOWN)
        ]

    def _masked(self, line: str) -> str:
        for secret in self.known:
            line = line.replace(secret, "***")
        return canaries.masked(line)

    def __enter__(self):
        try:
            self.start()
        except AssertionError:  # late, perhaps: it must not run on behind the other tests
            self.__exit__(number=signal.SIGKILL)
            raise
        return self

    def __exit__(self, *_, number: int = signal.SIGTERM):
        self.stop(number)
        self.http.close()

    def trigger(self, *events: dict[str, Any], key: str = "") -> requests.Response:
        """Send events by Novu's bulk trigger."""
        return self.http.post(
            f"{self.base_url}/v1/events/trigger/bulk",
            json={"events": events},
            headers={"authorization": f"ApiKey {key or self.api_key}"},
            timeout=30,
        )

    def admin(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """Call the admin API (`/event-types`), with the demo tenant's key unless given another."""
        answer = self.http.request(
            method,
            f"{self.base_url}/admin/v1{path}",
            json=body,
            headers={"authorization": f"Bearer {key or self.api_key}"},
            timeout=30,
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        content = answer.json() if answer.content else None
        self.known |= set(_secrets_of(content))
        return content

    def messages(self, *, provider: str = "", contains: str = "") -> list[dict[str, Any]]:
        """What landed in the outbox, in order of arrival."""
        return self._landed(provider=provider, contains=contains)["messages"]

    def count(self, *, provider: str = "", contains: str = "") -> int:
        return self._landed(provider=provider, contains=contains, limit=1)["total"]

    def _landed(self, **filters: Any) -> dict[str, Any]:
        return self.http.get(f"{self.outbox_url}/messages", params=filters, timeout=30).json()

    def wait_for(
        self, count: int, *, provider: str = "", contains: str = "", patience: float = 30
    ) -> list[dict[str, Any]]:
        """The messages once `count` of them have landed; more than that fails as well."""
        deadline = time.monotonic() + patience
        while (landed := self.count(provider=provider, contains=contains)) < count:
            assert time.monotonic() < deadline, f"only {landed} of {count} landed"
            time.sleep(0.05)
        found = self.messages(provider=provider, contains=contains)
        assert len(found) == count, f"{len(found)} landed, not {count}"
        return found


def _secrets_of(described: Any) -> Iterator[str]:
    """The values of what is called a secret, however deep; `***` stands for one not shown."""
    if isinstance(described, list):
        for item in described:
            yield from _secrets_of(item)
    elif isinstance(described, dict):
        for name, value in described.items():
            if name in _SECRETS and isinstance(value, str) and value.strip("*"):
                yield value
            yield from _secrets_of(value)
