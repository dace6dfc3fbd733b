"""What a cold start pays for: importing an API function must not drag in what it does not use."""

from graphlib import TopologicalSorter

import grimp
import pytest

from tests.architecture import importing

ROOT = importing.ROOT
ENDPOINTS = sorted(
    ".".join(app.relative_to(ROOT).with_suffix("").parts)
    for app in ROOT.glob("functions/*/*/app.py")
    if app.parts[-3] != "workers"
)
PROVIDERS = [
    module
    for module in (ROOT / "layers/core/python/carillon/providers").glob("*.py")
    if module.stem not in {"__init__", "registry"}
]
SHARED = {"common", "dialect", "words"}  # what belongs to no one dialect
# `aws_lambda_powertools` itself always names its Tracer class; what costs 200 ms is the SDK behind.
UNWANTED = {
    "the tracer's SDK": ("aws_xray_sdk",),
    "the SDK of AWS": ("boto3", "botocore.", "s3transfer"),
    "a provider": tuple(f"carillon.providers.{p.stem}" for p in PROVIDERS),
    "the way out": ("requests", "urllib3", "smtplib"),
    "templates": ("quickjs", "carillon.adapters.rendering.engine"),
}


@pytest.fixture(scope="module")
def modules_after_importing():
    """List the modules that importing this one loads, in an interpreter that has nothing else."""
    with importing.after("carillon.runtime.endpoint") as ask:  # which every API function imports
        yield lambda name: ask(f"import {name}")


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_imports_only_what_it_uses_and_its_own_dialect(modules_after_importing, name):
    loaded = modules_after_importing(name)

    for what, prefixes in UNWANTED.items():
        found = [m for m in loaded if m.startswith(prefixes)]
        assert not found, f"{name} imports {what}: {found[:3]}"
    dialects = {m.split(".")[2] for m in loaded if m.startswith("carillon.dialects.")}
    own = name.split(".")[1]
    # What answers for unknown paths imports a dialect when it knows whose path it is.
    assert dialects - SHARED == {own} - {"fallback"}


def test_what_one_module_imports_is_seen_and_not_told_of_the_next(modules_after_importing):
    assert {"smtplib", "email.utils"} <= set(modules_after_importing("smtplib"))
    assert "smtplib" not in modules_after_importing(ENDPOINTS[0])


def test_no_module_of_the_core_imports_itself_by_way_of_others():
    """So that it does not matter which of them a function imports first."""
    graph = grimp.build_graph("carillon", cache_dir=None, exclude_type_checking_imports=True)
    imported = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}

    TopologicalSorter(imported).prepare()  # raises a CycleError that names them
