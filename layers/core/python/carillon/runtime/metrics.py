"""CloudWatch metrics, embedded in the log line that a request or message ends with (EMF).

A field of that line is a metric if it is named here. A metric needs no line of its own, and the
line's other fields (tenant, key id, route) say whose a number is without being a dimension, which
would cost a metric for each tenant. Format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import os
import time
from collections.abc import Mapping
from typing import Any

# A stack's own, so that stages in one account have metrics and alarms of their own.
NAMESPACE = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Carillon")

# Each metric's unit, and the field that is its one dimension.
METRICS: Mapping[str, tuple[str, str]] = {
    "accepted": ("Count", "dialect"),  # events stored
    "refused_4xx": ("Count", "dialect"),  # calls
    "refused_5xx": ("Count", "dialect"),
    "sent": ("Count", "channel"),  # deliveries that a provider took
    "failed": ("Count", "channel"),  # deliveries given up
    "retried": ("Count", "channel"),  # deliveries put off for another attempt
    "latency": ("Seconds", "channel"),  # from accepting an event to each of its sent deliveries
}


def embedded(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the `_aws` field that declares a line's metrics; empty if it has none."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for name, (unit, dimension) in METRICS.items():
        if fields.get(name) and dimension in fields:
            found.setdefault(dimension, []).append({"Name": name, "Unit": unit})
    if not found:
        return {}
    directives = [
        {"Namespace": NAMESPACE, "Dimensions": [[dimension]], "Metrics": metrics}
        for dimension, metrics in found.items()
    ]
    return {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": directives}}
