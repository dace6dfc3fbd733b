"""Run lines of Python, each in a fork of its own, and tell which modules are loaded then.

An interpreter of its own for each spends most of its time on the same libraries and the same core.
They are imported once, before the forks; a fork's list has them too, so nothing is hidden by it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def after(core: str) -> Iterator[Callable[[str], Sequence[str]]]:
    """Give a function that lists the modules loaded by this one and a line, and by nothing else."""
    with subprocess.Popen(
        [sys.executable, "-P", __file__, core],
        env={
            "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/core/python'}",
            "POWERTOOLS_SERVICE_NAME": "carillon",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as importing:
        assert importing.stdin
        assert importing.stdout
        asked, answers = importing.stdin, importing.stdout

        def ask(line: str) -> Sequence[str]:
            print(line, file=asked, flush=True)
            loaded: Sequence[str] | None = json.loads(answers.readline())
            assert loaded, f"it fails: {line}"
            return loaded

        yield ask


def main() -> None:
    """For each line of input write one of JSON: the list of modules, or null if it fails."""
    import_module(sys.argv[1])
    for line in sys.stdin:
        if os.fork() == 0:
            exec(line)
            _answer(sorted(sys.modules))
            os._exit(0)
        _, status = os.wait()
        if status:
            _answer(None)


def _answer(loaded: list[str] | None) -> None:
    sys.stdout.write(json.dumps(loaded) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
