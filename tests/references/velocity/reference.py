"""What Apache Velocity makes of templates and data: as recorded, and asked anew where it is.

`cases.json` has templates for its `data`; `values` are rendered with `v` as each of its `odd`
values, and without one; `tools` with `tool_data`, in which Velocity has dates. `refused` are
refused by us alone, `lenient` by Velocity alone. To record, with Velocity 2.5 and 1.7 (below):

    VELOCITY_2=… VELOCITY_1=… python -m tests.references.velocity.reference
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases.json").read_text())
ANSWERS = HERE / "answers.json"
# Debian's packages velocity, libvelocity-tools-java and libjackson2-databind-java bring these. No
# registry has a jar of 2.5: it was built from its release with Debian's javacc.
_JARS = Path("/usr/share/java")
_SHARED = (
    *("jackson-annotations", "jackson-core", "jackson-databind", "velocity-tools"),
    *("commons-beanutils", "commons-collections3", "commons-digester", "commons-lang"),
    *("commons-lang3", "commons-logging", "slf4j-api", "slf4j-nop"),
)
# What Velocity throws over data: nobody's mail is lost for it here.
OF_DATA = {
    "ArithmeticException",
    "MethodInvocationException",
    "NumberFormatException",
    "VelocityException",
}


class Case(NamedTuple):
    """A template, and where its data comes from."""

    group: str
    template: str
    named: str = ""  # the odd value

    @property
    def data(self) -> dict[str, Any]:
        match self.group:
            case "tools":
                return dict(CASES["tool_data"])
            case "values":
                return {"v": CASES["odd"][self.named]} if self.named else {}
            case _:
                return dict(CASES["data"])


def cases() -> Iterator[Case]:
    for group in ("templates", "tools", "lenient"):
        for template in CASES[group]:
            yield Case(group, template)
    for template in CASES["values"]:
        for named in (*CASES["odd"], ""):
            yield Case("values", template, named)


def recorded(version: str) -> Sequence[dict[str, str]]:
    """Return the answers of a version, 2.5 or 1.7, in the order of the cases."""
    return json.loads(ANSWERS.read_text())[version]


def jar(version: str) -> Path | None:
    """Return where a version is on this machine, if it and a JVM are."""
    named = os.environ.get({"2.5": "VELOCITY_2", "1.7": "VELOCITY_1"}[version])
    found = Path(named) if named else _JARS / "velocity.jar" if version == "1.7" else None
    needed = [found, *(_JARS / f"{name}.jar" for name in _SHARED)]
    there = shutil.which("java") and all(path and path.exists() for path in needed)
    return found if there else None


def asked(version: str, of: Sequence[Case]) -> list[dict[str, str]]:
    """Ask Velocity itself."""
    needed = [str(jar(version)), *(str(_JARS / f"{name}.jar") for name in _SHARED)]
    asking = json.dumps([[case.template, case.data, case.group == "tools"] for case in of])
    settings = ("-Duser.timezone=UTC", "-Duser.language=en", "-Duser.country=US")
    command = ["java", *settings, "-cp", ":".join(needed), str(HERE / "Render.java")]
    run = subprocess.run(command, input=asking, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(run.stdout)


def record() -> None:
    of = list(cases())
    answers = {version: asked(version, of) for version in ("2.5", "1.7")}
    lists = (
        f'"{version}": [\n{",\n".join(json.dumps(one, ensure_ascii=False) for one in given)}\n]'
        for version, given in answers.items()
    )
    ANSWERS.write_text(f"{{{',\n'.join(lists)}}}\n")


if __name__ == "__main__":
    record()
