"""Microsoft Teams: a workflow's trigger, and the connectors that came before it.

https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
https://learn.microsoft.com/en-us/azure/logic-apps/logic-apps-workflow-actions-triggers
"""

from tests.unit.providers.vectors.vector import (
    BAD,
    CONFIG,
    DEAD,
    PLACE,
    RETRY,
    SENT,
    UNSURE,
    Vector,
)

DOCS = "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using"


def in_a_200(status):
    """How a connector says a failure."""
    failed = "Webhook message delivery failed with error"
    return f"{failed}: Microsoft Teams endpoint returned HTTP error {status} with ContextId x"


VECTORS = [
    Vector(202, "", SENT, ""),
    Vector(200, "", SENT, ""),
    Vector(200, "1", SENT, ""),
    Vector(200, '{"posted": true}', SENT, ""),
    Vector(200, in_a_200(429), RETRY, "http_429"),
    Vector(200, in_a_200(413), BAD, "http_413"),
    Vector(200, in_a_200(403), CONFIG, "http_403"),
    Vector(200, "Webhook message delivery failed", UNSURE, "unreadable_answer"),
    Vector(400, '{"error": {"code": "InvalidRequestContent"}}', BAD, "InvalidRequestContent"),
    Vector(401, '{"error": {"code": "DirectApiAuthorizationRequired"}}', CONFIG),
    Vector(
        404, '{"error": {"code": "WorkflowNotFound"}}', CONFIG, "WorkflowNotFound", concerns=PLACE
    ),
    Vector(410, "", DEAD, "http_410"),
    Vector(429, '{"error": {"code": "WorkflowTriggerRequestThrottled"}}', RETRY),
    Vector(502, '{"error": {"code": "NoResponse"}}', RETRY, "NoResponse"),
    Vector(202, "", SENT, headers={"x-ms-workflow-run-id": "08585"}, message_id="08585"),
]
