"""A test of the delivery core is found by its module's name."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "layers/core/python/carillon"
MIRRORED = [
    "domain/delivery",
    "domain/intake",
    "usecases/delivery",
    "usecases/intake",
    "usecases/operations",
    "usecases/setup",
]
# Values alone: there is nothing in them to test.
VALUES = {"domain/intake/triggers.py"}
MODULES = sorted(
    str(path.relative_to(CORE))
    for folder in MIRRORED
    for path in (CORE / folder).glob("*.py")
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_its_tests(module):
    path = Path(module)
    tests = ROOT / "tests/unit" / path.parent / f"test_{path.name}"

    assert tests.exists() is (module not in VALUES)


@pytest.mark.parametrize("folder", MIRRORED)
def test_tests_have_their_module(folder):
    tested = {
        path.name.removeprefix("test_") for path in (ROOT / "tests/unit" / folder).glob("test_*")
    }

    assert tested <= {Path(module).name for module in MODULES if module.startswith(f"{folder}/")}
