"""What LiquidJS makes of templates and data: as recorded, and asked anew where it is installed.

`cases.json` has templates for its `data`, and such as are rendered with `v` as each of its `odd`
values; `novu_…` are those that need Novu's helpers, for the engine that Novu itself uses. `wrong`
are refused by LiquidJS too, `refused` by us alone. `handlebars_…` are in that language.
`make references` records.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
INSTALLED = HERE.parents[2] / ".local" / "references"
CASES = json.loads((HERE / "cases.json").read_text())
RECORDED = HERE / "answers.json"
_DATA = "data"  # the name of the common data


class Case(NamedTuple):
    """A template and data, which has a name."""

    engine: str
    template: str
    named: str

    @property
    def data(self) -> dict[str, Any]:
        if self.named == _DATA:
            return dict(CASES["data"])
        return {"v": CASES["odd"][self.named]} if self.named in CASES["odd"] else {}


class Answer(NamedTuple):
    """The text, or the error and whether it came when the template was parsed."""

    text: str | None = None
    error: str = ""
    parsing: bool = False


def cases() -> Iterator[Case]:
    for engine, values, templates in (
        ("liquidjs", "values", ("templates", "wrong", "refused")),
        ("novu", "novu_values", ("novu_templates",)),
        ("handlebars", "handlebars_values", ("handlebars_templates", "handlebars_wrong")),
    ):
        for template in CASES[values]:
            for name in (*CASES["odd"], "missing"):
                yield Case(engine, template, name)
        for kind in templates:
            for template in CASES[kind]:
                yield Case(engine, template, _DATA)


def is_installed(engine: str) -> bool:
    package = INSTALLED / "node_modules" / {"novu": "@novu/framework"}.get(engine, engine)
    return bool(shutil.which("node")) and package.exists()


def ask(engine: str, asked: Sequence[Case]) -> list[Answer]:
    """Return what the engine says now. Dates are shown in UTC, as on Novu's servers."""
    program = shutil.copy(HERE / "answer.mjs", INSTALLED / "answer.mjs")
    question = {"engine": engine, "cases": [(case.template, case.data) for case in asked]}
    answered = subprocess.run(
        ["node", program],
        input=json.dumps(question),
        env={**os.environ, "TZ": "UTC", "LANG": "en_US.UTF-8"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    )
    return [Answer(**answer) for answer in json.loads(answered.stdout)]


def recorded() -> dict[Case, Answer]:
    return {
        Case(engine, template, named): Answer(**answer)
        for engine, templates in json.loads(RECORDED.read_text()).items()
        for template, answers in templates.items()
        for named, answer in answers.items()
    }


def record() -> None:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for engine in ("liquidjs", "novu", "handlebars"):
        asked = [case for case in cases() if case.engine == engine]
        for case, answer in zip(asked, ask(engine, asked), strict=True):
            kept = {name: value for name, value in answer._asdict().items() if value}
            kept = kept or {"text": ""}
            found.setdefault(engine, {}).setdefault(case.template, {})[case.named] = kept
    RECORDED.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    record()
