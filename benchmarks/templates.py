"""What templates cost: importing the engine, loading LiquidJS, then compiling and rendering.

Milliseconds of CPU, the median of fresh processes (import, load) or of many renderings. Before
LiquidJS, python-liquid took 680 to import, and 0.02, 0.03, 0.03 and 0.16 for these texts.
Run: make benchmarks
"""

import statistics
import subprocess
import sys
import time

from carillon.adapters.rendering.engine import Engine, Source
from carillon.domain.catalogue.markups import HTML, PLAIN

_PROCESSES = 5
_ROUNDS = 200
_START = """
import time
began = time.process_time()
from carillon.adapters.rendering.engine import Engine
imported = time.process_time()
Engine()
print((imported - began) * 1000, (time.process_time() - imported) * 1000)
"""
_DATA = {
    "name": "Ana <a@example.com>",
    "order": {"id": 5, "at": "2026-11-01T10:00:00Z"},
    "items": [{"name": f"Item {number}", "price": number * 1.5} for number in range(10)],
}
_TEMPLATES = {
    "two names": "Hello {{ name }}, your order {{ order.id }} has shipped.",
    "a branch": "{% if name contains 'Ana' and order.id > 3 %}yes{% endif %}",
    "a date": "{{ order.at | date: '%d.%m.%Y %H:%M', 'Europe/Berlin' }}",
    "a loop of ten": "{% for item in items %}{{ item.name }}: {{ item.price }}, {% endfor %}",
}


def main() -> None:
    starts = [
        subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", _START], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(_PROCESSES)
    ]
    for what, times in zip(("import", "load"), zip(*starts, strict=True), strict=True):
        print(f"{what:>24} {statistics.median(map(float, times)):8.2f} ms")
    engine = Engine()
    for name, template in _TEMPLATES.items():
        for kind, markup in (("text", PLAIN), ("HTML", HTML)):
            first, later = _milliseconds(engine, Source(template, markup))
            print(f"{name:>18} {kind}: {first:7.2f} ms compiled first, {later:6.2f} ms later")


def _milliseconds(engine: Engine, source: Source) -> tuple[float, float]:
    """Return the CPU of the first rendering of a source, and the median of the later ones."""
    times = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        engine.render([source], _DATA)
        times.append((time.process_time() - began) * 1000)
    return times[0], statistics.median(times[1:])


if __name__ == "__main__":
    main()
