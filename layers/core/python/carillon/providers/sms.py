"""What services for text messages have in common: whom one goes to, and what it says."""

import re
from typing import Annotated

from pydantic import Field

from carillon.domain.base.errors import Invalid, Problem
from carillon.domain.catalogue.templates import Message
from carillon.providers.settings import Strict

LONGEST = 1_600  # characters that the services take, in as many parts as they need

_BETWEEN_DIGITS = re.compile(r"[\s().-]")
_NUMBER = re.compile(r"[1-9][0-9]{5,14}\Z")  # E.164
_CUT = "..."  # in every phone's alphabet: one letter that is not doubles what a text costs


class Address(Strict):
    phone: Annotated[str, Field(max_length=40)]


def number(phone: str) -> str:
    """The digits of a number with its country, as E.164 has them behind the plus."""
    digits = _BETWEEN_DIGITS.sub("", phone).removeprefix("+")
    if not _NUMBER.match(digits):
        raise Invalid(Problem("address.phone", "must be a number with its country, such as +49…"))
    return digits


def text(message: Message) -> str:
    """The title, if there is one, above the text; Invalid when both are empty."""
    words = "\n".join(filter(None, (message.subject, message.text))).strip()
    if not words:
        raise Invalid(Problem("text", "is empty"))
    return words if len(words) <= LONGEST else words[: LONGEST - len(_CUT)] + _CUT
