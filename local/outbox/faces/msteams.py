"""Microsoft Teams: a workflow's trigger; failures include those of the older connectors."""

from local.outbox.face import Arrival, Reply, as_json, empty, text

HOSTS: tuple[str, ...] = ()
_SAID = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error"
FAILURES = {
    "WorkflowNotFound": as_json({"error": {"code": "WorkflowNotFound"}}, 404),
    "DirectApiAuthorizationRequired": as_json(
        {"error": {"code": "DirectApiAuthorizationRequired"}}, 401
    ),
    "InvalidRequestContent": as_json({"error": {"code": "InvalidRequestContent"}}, 400),
    # A connector reports failures in a 200.
    "429": text(f"{_SAID} 429 with ContextId tcid=0"),
    "413": text(f"{_SAID} 413 with ContextId tcid=0"),
}


def success(arrival: Arrival) -> Reply:
    return empty(202, x_ms_workflow_run_id=f"0858{arrival.id:012d}")
