"""Queue consumers as Lambda functions that report each message of a batch separately."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

from carillon.adapters.delivery import messages
from carillon.adapters.delivery.messages import Message
from carillon.domain.base.errors import Unfinished
from carillon.runtime import observability
from carillon.telemetry import log_context
from carillon.telemetry.log_context import LogContext

type Json = dict[str, Any]


def worker(job: Callable[[str, Any], None]) -> Callable[[Json, Any], Json]:
    """Make a Lambda entry point that calls `job` with each message's body and Lambda's context.

    If the job raises, its message alone returns to the queue and is tried again; after too many
    failures it goes to the dead-letter queue.
    """

    def handler(event: Json, context: Any) -> Json:
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

        def run(record: Json) -> None:
            fields = {"message_id": record["messageId"], "function": context.function_name}
            with LogContext(**fields):
                try:
                    job(record["body"], context)
                except Unfinished as unfinished:
                    observability.log_message(unfinished, again=True)
                    raise
                except Exception as error:
                    observability.log_message(error)
                    raise
                observability.log_message()

        response = process_partial_response(
            event=event, record_handler=run, processor=processor, context=context
        )
        return dict(response)

    return handler


def read(body: str) -> Message:
    """Decode a message, and put its tenant and kind on its log lines."""
    message = messages.decode(body)
    log_context.bind(tenant=message.tenant, kind=messages.kind(message))
    return message
