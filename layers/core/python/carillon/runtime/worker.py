"""A queue's consumer as a Lambda function that reports each message's fate on its own."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

from carillon.domain.base.errors import Unfinished
from carillon.runtime.observability import described, logger

type Json = dict[str, Any]


def worker(job: Callable[[str, Any], None]) -> Callable[[Json, Any], Json]:
    """A Lambda entry point that gives each message's body, and Lambda's context, to the job.

    If the job raises, only its own message goes back to the queue: a raised exception is how a
    job says "again", and what fails again and again ends in the dead-letter queue.
    """

    def handler(event: Json, context: Any) -> Json:
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

        def run(record: Json) -> None:
            try:
                job(record["body"], context)
            except Unfinished as again:
                logger.info("unfinished", message_id=record["messageId"], reason=str(again))
                raise
            except Exception as error:
                logger.error("failed", message_id=record["messageId"], errors=described(error))
                raise

        response = process_partial_response(
            event=event, record_handler=run, processor=processor, context=context
        )
        return dict(response)

    return handler
