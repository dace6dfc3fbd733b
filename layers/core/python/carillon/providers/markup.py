"""Text for services that format it, without calling everybody of a channel."""

import re

from carillon.domain.base.errors import Invalid, Problem
from carillon.domain.catalogue.templates import Message


def titled(message: Message, mark: str) -> str:
    """The title, between marks that make it bold, and the text, calling nobody.

    Invalid when both are empty.
    """
    title = f"{mark}{message.subject}{mark}" if message.subject else ""
    text = "\n".join(filter(None, (title, message.text)))
    if not text:
        raise Invalid(Problem("text", "is empty"))
    return without_mentions(text)


# Words that call everybody of a channel, in one service or another.
_EVERYBODY = re.compile(r"@(?=\**(?:all|channel|everyone|here|stream|team|topic)\b)", re.IGNORECASE)


def without_mentions(text: str) -> str:
    """The text with a space of no width where it would call everybody: data may not."""
    return _EVERYBODY.sub("@\u200b", text)


def truncated(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
