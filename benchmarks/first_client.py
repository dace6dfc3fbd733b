"""The CPU that a new process spends on its first AWS client, by boto3 and by botocore alone.

Run: make benchmarks. Each figure is the median of processes that take turns. Compare the
difference: the milliseconds are this machine's. `sam build` packs a layer without bytecode, and
Lambda cannot write any.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import botocore

_PROCESSES = 15
# What each of our functions has imported already is not counted.
_BEFORE = "import time, aws_lambda_powertools, pydantic, urllib3; began = time.process_time()"
_AFTER = "print(time.process_time() - began)"
_PACKAGES = ("boto3", "botocore", "s3transfer")
_WAYS = {
    "botocore": "from botocore.session import get_session; get_session().create_client('sqs')",
    "boto3": "from boto3.session import Session; Session().client('sqs')",
}
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "unused",
    "AWS_SECRET_ACCESS_KEY": "unused",
}


def _milliseconds(way: str, environment: dict[str, str]) -> float:
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", f"{_BEFORE}; {way}; {_AFTER}"],
        env={**os.environ, **_ENVIRONMENT, **environment},
        capture_output=True,
        check=True,
        text=True,
    )
    return float(done.stdout) * 1_000


def _compare(title: str, environment: dict[str, str]) -> None:
    taken: dict[str, list[float]] = {name: [] for name in _WAYS}
    for _ in range(_PROCESSES + 1):
        for name, way in _WAYS.items():
            taken[name].append(_milliseconds(way, environment))
    # The first of each may have written bytecode.
    medians = {name: statistics.median(each[1:]) for name, each in taken.items()}
    more = medians["boto3"] - medians["botocore"]
    figures = ", ".join(f"{name} {median:.0f}" for name, median in medians.items())
    print(f"{title}: {figures} ms CPU: boto3 costs {more:+.0f} ms")


def main() -> None:
    _compare("with bytecode   ", {"PYTHONDONTWRITEBYTECODE": ""})
    with tempfile.TemporaryDirectory() as packed:
        for package in _PACKAGES:
            source = Path(botocore.__file__).parents[1] / package
            without = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, Path(packed) / package, ignore=without)
        _compare("without bytecode", {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": packed})


if __name__ == "__main__":
    main()
