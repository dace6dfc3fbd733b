"""`python -m local`: run Carillon on this machine until Ctrl-C."""

import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.options import Options
    from local.stack import Stack


_PYTHON = (3, 13)


def main() -> int:
    if sys.version_info[:2] != _PYTHON:
        running = ".".join(map(str, sys.version_info[:3]))
        print(f"Carillon needs Python 3.13, as Lambda runs it; this is {running}.", file=sys.stderr)
        return 1
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    _forget_aws()
    from local.options import Unable, parse  # noqa: PLC0415 - an older Python may fail to parse it

    try:
        options = parse(sys.argv[1:])
        _run(options, stopping)
    except Unable as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _forget_aws() -> None:
    """Ignore the developer's own AWS account: its profile, credentials and endpoints."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


def _run(options: "Options", stopping: threading.Event) -> None:
    from local.stack import Stack  # noqa: PLC0415

    started = time.monotonic()
    os.umask(0o077)  # what the stack writes holds keys
    stack = Stack(options, lambda sentence: print(sentence, flush=True))
    try:
        deployment = stack.start()
        if not stopping.is_set():
            _welcome(stack, options, deployment.environment, started)
            stack.watch(stopping)
    finally:
        stack.stop()
    print(f"Stopped; the state is kept in {_short(options.state)}.")


def _welcome(
    stack: "Stack", options: "Options", environment: Mapping[str, str], started: float
) -> None:
    from local import screen, seed  # noqa: PLC0415

    operator_key = seed.operator_key(environment, stack.emulated)
    tenant = None
    if options.demo:
        remembered = options.state / "demo.json"
        tenant = seed.demo_tenant(stack.base_url, stack.outbox_url, operator_key, remembered)
    stack.announce(operator_key, tenant)
    screen.ready(stack, tenant, time.monotonic() - started)


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


if __name__ == "__main__":
    sys.exit(main())
