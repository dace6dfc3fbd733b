"""Metrics are embedded as CloudWatch reads them."""

import json
from itertools import product

import pytest

from carillon.domain.base.channels import Channel
from carillon.runtime.metrics import METRICS, NAMESPACE, embedded

DIMENSIONS = {"dialect": "novu", "channel": str(Channel.EMAIL)}


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_declared_with_its_unit_and_one_dimension(name):
    fields = {name: [1.5, 2.0] if name == "latency" else 2, "tenant": "acme", **DIMENSIONS}

    embedded_now = embedded(fields)["_aws"]

    unit, dimension = METRICS[name]
    assert embedded_now["CloudWatchMetrics"] == [
        {
            "Namespace": NAMESPACE,
            "Dimensions": [[dimension]],
            "Metrics": [{"Name": name, "Unit": unit}],
        }
    ]
    assert isinstance(embedded_now["Timestamp"], int)


def test_a_tenant_is_never_a_dimension():
    assert {dimension for _, dimension in METRICS.values()} == {"dialect", "channel"}


def test_metrics_of_one_dimension_share_its_directive():
    [directive] = embedded({"sent": 2, "failed": 1, "retried": 0, **DIMENSIONS})["_aws"][
        "CloudWatchMetrics"
    ]

    assert [metric["Name"] for metric in directive["Metrics"]] == ["sent", "failed"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"status": 200, "ms": 3, **DIMENSIONS},
        {"accepted": 0, "latency": [], **DIMENSIONS},
        {"accepted": 3},
    ],
)
def test_a_line_without_a_number_or_its_dimension_has_no_metrics(fields):
    assert embedded(fields) == {}


def test_what_is_declared_is_in_the_line():
    """EMF: each metric and dimension is a field at the top, a dimension a string."""
    numbers = {name: [1.0] if name == "latency" else 1 for name in METRICS}
    line = json.loads(json.dumps({**numbers, **DIMENSIONS, **embedded({**numbers, **DIMENSIONS})}))

    for directive in line["_aws"]["CloudWatchMetrics"]:
        assert all(isinstance(line[name], str) for (name,) in directive["Dimensions"])
        for metric, name in product(directive["Metrics"], ["Name"]):
            assert isinstance(line[metric[name]], int | list)
