"""Dead letters on SQS. Each source's redrive policy names the queue that holds its letters."""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import batched
from typing import Any

from carillon.adapters.aws.clients import Clients, available, code, failures
from carillon.adapters.caching import Cache
from carillon.adapters.delivery import messages
from carillon.adapters.delivery.queues import batches
from carillon.domain.activity.dead_letters import Taken, Work, describe
from carillon.domain.base.errors import Malformed, Unavailable

_BATCH = 10
_HIDDEN = 30  # seconds: longer than one API call takes, so that it receives no letter twice
_WAIT = 1  # seconds: long polling asks all of SQS's servers; 0 asks a few and may miss letters
_LONGEST_PROBLEM = 500

_logger = logging.getLogger(__name__)


class SqsDeadLetters:
    def __init__(self, clients: Clients, sources: Mapping[str, str]) -> None:
        """`sources` holds the URL of each source queue by its name."""
        self._clients = clients
        self._sources = sources
        self._urls = Cache[str]()

    def counts(self) -> Mapping[str, int]:
        return {queue: self._count(self._url(queue)) for queue in self._sources}

    def receive(self, queue: str) -> Sequence[Taken]:
        url = self._url(queue)
        with available("SQS"):
            answer = self._clients.sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=_HIDDEN,
                WaitTimeSeconds=_WAIT,
                MessageSystemAttributeNames=[
                    "ApproximateReceiveCount",
                    "MessageGroupId",
                    "SentTimestamp",
                ],
            )
        return [_received(queue, message) for message in answer.get("Messages", [])]

    def give_back(self, queue: str, letters: Sequence[Taken]) -> None:
        for some in batched(letters, _BATCH, strict=False):
            entries: Any = [{**entry, "VisibilityTimeout": 0} for entry in _receipts(some)]
            try:
                self._clients.sqs.change_message_visibility_batch(
                    QueueUrl=self._url(queue), Entries=entries
                )
            except _not_now() as error:
                _logger.warning("dead letters stay hidden until their timeout: %s", code(error))
                return

    def redrive(self, queue: str, letters: Sequence[Taken]) -> frozenset[str]:
        moved: set[str] = set()
        for batch in batches(enumerate(letters), lambda pair: len(pair[1].body.encode())):
            entries: Any = [_entry(str(place), letter) for place, letter in batch]
            with available("SQS"):
                answer = self._clients.sqs.send_message_batch(
                    QueueUrl=self._sources[queue], Entries=entries
                )
            taken = [letters[int(entry["Id"])] for entry in answer.get("Successful", [])]
            if len(taken) < len(batch):
                _logger.warning("queue refused %d dead letters", len(batch) - len(taken))
            moved.update(each.letter.id for each in taken)
            self.remove(queue, taken)
        return frozenset(moved)

    def remove(self, queue: str, letters: Sequence[Taken]) -> frozenset[str]:
        removed: set[str] = set()
        for some in batched(letters, _BATCH, strict=False):
            entries: Any = _receipts(some)
            with available("SQS"):
                answer = self._clients.sqs.delete_message_batch(
                    QueueUrl=self._url(queue), Entries=entries
                )
            gone = [some[int(entry["Id"])] for entry in answer.get("Successful", [])]
            if len(gone) < len(some):
                _logger.warning("queue kept %d dead letters", len(some) - len(gone))
            removed.update(each.letter.id for each in gone)
        return frozenset(removed)

    def _count(self, url: str) -> int:
        with available("SQS"):
            answer = self._clients.sqs.get_queue_attributes(
                QueueUrl=url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )
        return sum(map(int, answer["Attributes"].values()))

    def _url(self, queue: str) -> str:
        return self._urls.get_or_read(queue, lambda: self._ask_url(queue))

    def _ask_url(self, queue: str) -> str:
        with available("SQS"):
            answer = self._clients.sqs.get_queue_attributes(
                QueueUrl=self._sources[queue], AttributeNames=["RedrivePolicy"]
            )
            policy = json.loads(answer["Attributes"]["RedrivePolicy"])
            name = policy["deadLetterTargetArn"].rpartition(":")[2]
            return self._clients.sqs.get_queue_url(QueueName=name)["QueueUrl"]


def read(
    queue: str,
    body: str,
    *,
    id: str,
    group: str | None,
    receives: int,
    sent_at: datetime,
    receipt: str,
) -> Taken:
    """Return the letter in a message. One that cannot be decoded has a problem instead of work."""
    work: Work | None = None
    problem: str | None = None
    try:
        work = messages.decode(body)
    except Malformed as error:
        problem = str(error)[:_LONGEST_PROBLEM]
    letter = describe(
        work, id=id, queue=queue, group=group, receives=receives, sent_at=sent_at, problem=problem
    )
    return Taken(letter=letter, work=work, body=body, group=group, receipt=receipt)


def _received(queue: str, message: Any) -> Taken:
    attributes = message["Attributes"]
    return read(
        queue,
        message["Body"],
        id=message["MessageId"],
        group=attributes.get("MessageGroupId"),
        receives=int(attributes["ApproximateReceiveCount"]) - 1,  # without this one
        sent_at=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
        receipt=message["ReceiptHandle"],
    )


def _entry(id: str, letter: Taken) -> dict[str, str]:
    group = {"MessageGroupId": letter.group} if letter.group else {}
    return {"Id": id, "MessageBody": letter.body, **group}


def _not_now() -> tuple[type[Exception], ...]:
    return Unavailable, *failures()


def _receipts(letters: Sequence[Taken]) -> list[dict[str, str]]:
    return [{"Id": str(i), "ReceiptHandle": each.receipt} for i, each in enumerate(letters)]
