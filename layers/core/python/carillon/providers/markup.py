"""Text for chat services: bold titles, truncation, and no mention that data could smuggle in."""

import re

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Message


def titled(message: Message, mark: str) -> str:
    """Join the title, in bold by `mark`, and the text, without mentions.

    Raise Invalid if both are empty.
    """
    title = f"{mark}{message.subject}{mark}" if message.subject else ""
    text = "\n".join(filter(None, (title, message.text)))
    if not text:
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    return without_mentions(text)


# Mentions of a whole channel, in any of the services.
_EVERYBODY = re.compile(r"@(?=\**(?:all|channel|everyone|here|stream|team|topic)\b)", re.IGNORECASE)


def without_mentions(text: str) -> str:
    """Break mentions of everybody with a zero-width space: data must not notify a channel."""
    return _EVERYBODY.sub("@\u200b", text)


# Mentions in the markup of Slack (<!channel>, <@U1>, <#C1>) and Teams (<at>Ana</at>).
_TAG = re.compile(r"<(?=[!@#/]|at\b)", re.IGNORECASE)


def without_mention_tags(text: str) -> str:
    """Break the tags of mentions with a zero-width space, for data spliced into markup."""
    return _TAG.sub("<\u200b", text)


def truncated(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
