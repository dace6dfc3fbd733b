"""The queues' messages: `{"kind": "job", "v": 1, …}` with the value's own fields, in ASCII."""

from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from carillon.adapters.aws import codecs
from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.audience.erasures import ErasureStep
from carillon.domain.base.errors import Malformed
from carillon.domain.delivery.deliveries import Chunk
from carillon.domain.delivery.invocations import Job, TopicPage
from carillon.domain.delivery.waiting import Retry
from carillon.domain.tenancy.access import Deletion

type Message = Job | TopicPage | Replay | ReplayRange | Deletion | ErasureStep | Chunk | Retry

_KINDS = {
    "job": Job,
    "page": TopicPage,
    "replay": Replay,
    "range": ReplayRange,
    "deletion": Deletion,
    "erasure": ErasureStep,
    "chunk": Chunk,
    "retry": Retry,
}


@dataclass(frozen=True)
class _Envelope:
    kind: Literal["job", "page", "replay", "range", "deletion", "erasure", "chunk", "retry"]
    v: Literal[1]


def kind(message: Message) -> str:
    return next(name for name, of in _KINDS.items() if isinstance(message, of))


def encode(message: Message) -> str:
    return f'{{"kind":"{kind(message)}","v":1,' + codecs.dump(message).removeprefix("{")


def decode(body: str) -> Message:
    """Return the value in a message; raise Malformed for a body that `encode` did not make."""
    try:
        message: Message = codecs.load(_KINDS[codecs.load(_Envelope, body).kind], body)
    except ValidationError as error:
        places = sorted({".".join(map(str, e["loc"])) for e in error.errors(include_input=False)})
        raise Malformed(f"Not a message of this version, at: {', '.join(places)}") from None
    return message
