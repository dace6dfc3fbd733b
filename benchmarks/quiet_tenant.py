"""How long a quiet tenant waits from accept to sent, alone and beside one at 100 times its rate.

On this machine emulator, functions and outbox share the cores; on AWS each has its own.
"""

import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles

from tests.end_to_end.stacks import Stack

EVENTS = 60
RATE = 2.0  # events a second of the quiet tenant
TIMES = 100
TEMPLATE = {"medium": "chat", "subject": "", "body": "{{ what }}"}


def tenant(stack: Stack, name: str) -> str:
    """A tenant with one subscriber; its key."""
    made = stack.admin("POST", "/tenants", {"id": name, "name": name}, key=stack.operator_key)
    key: str = made["key"]["api_key"]
    stack.admin("POST", "/event-types", {"slug": "news", "name": "News"}, key=key)
    stack.admin("PUT", "/event-types/news/templates", TEMPLATE, key=key)
    stack.admin("POST", "/integrations", {"provider": "slack", "settings": {}}, key=key)
    channels = [{"provider": "slack", "webhook_url": f"{stack.outbox_url}/slack/{name}"}]
    people = [{"id": "ana", "channels": channels}]
    stack.admin("POST", "/subscribers", {"subscribers": people}, key=key)
    return key


def news(what: str) -> dict[str, object]:
    return {"name": "news", "to": "ana", "payload": {"what": what}}


def waits(stack: Stack, key: str, run: str) -> list[float]:
    """Seconds that each of the quiet tenant's events took."""
    found = []
    for n in range(EVENTS):
        began = time.monotonic()
        stack.trigger(news(f"{run}-{n}."), key=key)
        stack.wait_for(1, contains=f"{run}-{n}.", patience=60)
        found.append(time.monotonic() - began)
        time.sleep(max(0.0, 1 / RATE - found[-1]))
    return found


def make_noise(stack: Stack, key: str, over: threading.Event) -> None:
    bulk = [news("noise") for _ in range(100)]
    pause = len(bulk) / (RATE * TIMES)
    while not over.is_set():
        stack.trigger(*bulk, key=key)
        over.wait(pause)


def told(name: str, found: list[float]) -> float:
    p99 = quantiles(found, n=100)[98]
    print(f"{name:<18} p50 {quantiles(found, n=2)[0]:.3f} s, p99 {p99:.3f} s")
    return p99


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), ("--no-reload",)) as stack:
        quiet, noisy = tenant(stack, "quiet"), tenant(stack, "noisy")
        waits(stack, quiet, "warm")
        alone = told("quiet, alone", waits(stack, quiet, "alone"))
        over = threading.Event()
        noise = threading.Thread(target=make_noise, args=(stack, noisy, over))
        noise.start()
        beside = told("beside the noisy", waits(stack, quiet, "beside"))
        over.set()
        noise.join()
        sent = stack.count(contains="noise")
        print(f"{'ratio':<18} {beside / alone:.2f} of p99, beside {sent} others sent meanwhile")


if __name__ == "__main__":
    main()
