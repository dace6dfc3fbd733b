"""File the contents of attachments that make an event too large: in the store, not in the event."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from carillon.domain.base import ids
from carillon.domain.intake.triggers import Trigger
from carillon.ports import TenantPorts
from carillon.usecases.intake.checks import EVENT_LIMIT

_LONGER_THAN_ITS_KEY = 100  # characters


class Filed(NamedTuple):
    """An event as it is stored, its size in bytes of JSON, and what belongs to it.

    `contents` are in base64, by the keys that the event has in their place.
    """

    trigger: Trigger
    size: int
    contents: Mapping[str, str]


def filed(trigger: Trigger, id: str, *, size: int) -> Filed:
    """Take out the largest contents, as many as the event of this id is too large by.

    Each costs a call. An event that fits stays as it is.
    """
    attachments = list(trigger.attachments)
    contents: dict[str, str] = {}
    by_size = sorted(range(len(attachments)), key=lambda n: -len(attachments[n].content))
    for place in by_size:
        content = attachments[place].content
        if size <= EVENT_LIMIT or len(content) <= _LONGER_THAN_ITS_KEY:
            break
        key = _key(id, content)
        contents[key] = content
        attachments[place] = replace(attachments[place], content="", key=key)
        size += len(key) - len(content)
    if contents:
        trigger = replace(trigger, attachments=tuple(attachments))
    return Filed(trigger, size, contents)


def store(events: Iterable[Mapping[str, str]], *, ports: TenantPorts) -> frozenset[str]:
    """Store the contents of accepted events; return the keys of those that were not stored."""
    contents = {key: base64.b64decode(one) for some in events for key, one in some.items()}
    return ports.attachments.put(contents) if contents else frozenset()


def _key(id: str, content: str) -> str:
    """Return a key of the event and the content.

    A repeated request writes the same again; another event of the id, which is dropped later as a
    duplicate, changes nothing.
    """
    return f"{ids.derived(id)}/{hashlib.sha256(content.encode()).hexdigest()}"
