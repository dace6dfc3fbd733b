"""Each minute: sends what is due to its queue, and tells how old the oldest of it is."""

from typing import Any

from aws_lambda_powertools.metrics import Metrics, MetricUnit

from carillon.runtime import wiring
from carillon.usecases.delivery.sweep import sweep

metrics = Metrics()  # of the stack: its environment names it


@metrics.log_metrics
def handler(_event: Any, context: Any) -> None:
    """Publish `swept`, `oldest_nonterminal` (seconds since acceptance) and `overdue` (seconds)."""
    ports = wiring.ports()
    swept = sweep(
        ports=ports, time_left=lambda: float(context.get_remaining_time_in_millis()) / 1000
    )
    metrics.add_metric("swept", MetricUnit.Count, swept.deliveries)
    metrics.add_metric("oldest_nonterminal", MetricUnit.Seconds, swept.oldest_nonterminal)
    metrics.add_metric("overdue", MetricUnit.Seconds, swept.overdue)
