"""A provider and a dialect are values of a type, so that mypy sees all of them."""

import ast
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pytest

from carillon.dialects.dialect import Dialect

CORE = Path(__file__).parents[2] / "layers/core/python/carillon"
DIALECTS = sorted(path.parent.name for path in (CORE / "dialects").glob("*/__init__.py"))
MODULES = sorted(CORE.rglob("*.py"))
DOMAIN = sorted((CORE / "domain").rglob("[a-z]*.py"))
# botocore makes its clients by name, so only a cast says which class of the stubs one has.
CLIENTS = "clients.py"


def calls(path, name):
    """The calls of a function in a module, by either spelling of its name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func
            if name in {getattr(called, "id", ""), getattr(called, "attr", "")}:
                yield ast.unparse(node)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_nothing_but_a_client_of_aws_is_cast(path):
    found = list(calls(path, "cast"))

    assert found == [] or path.name == CLIENTS


def test_there_is_something_to_find():
    [clients] = [path for path in MODULES if path.name == CLIENTS]

    assert list(calls(clients, "cast"))
    assert len(DIALECTS) == 5


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialects_package_has_the_dialect_of_its_name(name):
    dialect = import_module(f"carillon.dialects.{name}").dialect

    assert isinstance(dialect, Dialect)
    assert dialect.name == name


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: str(path.relative_to(CORE)))
def test_no_default_of_the_domain_is_copied_by_each_reading(path):
    """Pydantic copies, deeply, a default that cannot be hashed; what a factory makes it takes."""
    module = import_module(".".join(path.relative_to(CORE.parent).with_suffix("").parts))
    kinds = [one for one in vars(module).values() if isinstance(one, type) and is_dataclass(one)]

    for kind in kinds:
        for each in fields(kind):
            assert each.default is MISSING or hash(each.default) is not None, (kind, each.name)
