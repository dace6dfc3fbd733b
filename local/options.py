"""The options of a local stack: ports, state, template."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_HIGHEST_PORT = 65_535
ROOT = Path(__file__).resolve().parent.parent


class Unable(Exception):
    """The stack cannot start or go on. The message is shown to the user."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """A port of 0 means any free port."""

    port: int = 8025
    outbox_port: int = 8026
    state: Path = ROOT / ".local"
    template: Path = ROOT / "template.yaml"
    parameters: Mapping[str, str] = field(default_factory=dict)
    demo: bool = True
    reload: bool = True
    reach_out: bool = False

    @property
    def code(self) -> Path:
        """The folder that the template's CodeUri is relative to."""
        return self.template.parent


def parse(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--state", type=Path, default=Options.state, help="its state folder")
    parser.add_argument("--template", type=Path, default=Options.template)
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a template parameter; may be repeated",
    )
    parser.add_argument("--no-demo", action="store_true", help="do not create the demo tenant")
    parser.add_argument("--no-reload", action="store_true", help="do not watch the source files")
    parser.add_argument(
        "--reach-out",
        action="store_true",
        help="send to the real Slack, Apple, Google and so on, not to the outbox",
    )
    given = parser.parse_args(arguments)
    return Options(
        port=_port("PORT", Options.port),
        outbox_port=_port("OUTBOX_PORT", Options.outbox_port),
        state=given.state.resolve(),
        template=given.template.resolve(),
        parameters=dict(_parameter(text) for text in given.parameter),
        demo=not given.no_demo,
        reload=not given.no_reload,
        reach_out=given.reach_out,
    )


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise Unable(f"{variable} must be a port number from 0 to 65535, not {text!r}.")
    return int(text)


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise Unable(f"--parameter wants NAME=VALUE, not {text!r}.")
    return name, value
