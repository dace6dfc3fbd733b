"""Import modules, each in a fork of its own, and tell which modules are loaded then.

An interpreter of its own for each spends most of its time on the same libraries and the same core.
They are imported once, before the forks; a fork's list has them too, so nothing is hidden by it.
"""

import json
import os
import sys
from importlib import import_module

CORE = "carillon.runtime.endpoint"  # which every API function imports


def main() -> None:
    """For each line of input, a module's name, write a line of JSON: the list, null if it fails."""
    import_module(CORE)
    for line in sys.stdin:
        if os.fork() == 0:
            import_module(line.strip())
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
