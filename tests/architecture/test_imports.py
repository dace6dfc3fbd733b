"""What a cold start pays for: importing an API function must not drag in what it does not use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
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
# `aws_lambda_powertools` itself always names its Tracer class; what costs 200 ms is the SDK behind.
UNWANTED = {
    "the tracer's SDK": ("aws_xray_sdk",),
    "the SDK of AWS": ("boto3", "botocore.", "s3transfer"),
    "a provider": tuple(f"carillon.providers.{p.stem}" for p in PROVIDERS),
    "the way out": ("requests", "urllib3", "smtplib"),
    "templates": ("liquid",),
}


def modules_after_importing(name):
    code = f"import json, sys, {name}; print(json.dumps(sorted(sys.modules)))"
    path = f"{ROOT}:{ROOT / 'layers/core/python'}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": path, "POWERTOOLS_SERVICE_NAME": "carillon"},
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_imports_only_what_it_uses_and_its_own_dialect(name):
    loaded = modules_after_importing(name)

    for what, prefixes in UNWANTED.items():
        found = [m for m in loaded if m.startswith(prefixes)]
        assert not found, f"{name} imports {what}: {found[:3]}"
    dialects = {m.split(".")[2] for m in loaded if m.startswith("carillon.dialects.")}
    own = name.split(".")[1]
    # What answers for unknown paths imports a dialect when it knows whose path it is.
    assert dialects - {"common"} == {"dialect"} | ({own} - {"fallback"})
