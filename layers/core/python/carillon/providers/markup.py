"""Titles and texts of a message, for services that show both as one text."""

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Message


def titled(message: Message, mark: str) -> str:
    """Join the title, in bold by `mark`, and the text; raise Invalid if both are empty."""
    title = message.title or message.subject
    text = "\n".join(filter(None, (f"{mark}{title}{mark}" if title else "", message.text)))
    if not text:
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    return text
