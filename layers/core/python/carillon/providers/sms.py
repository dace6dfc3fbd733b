"""Phone numbers and texts of SMS."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Message
from carillon.providers.markups import cutting
from carillon.providers.overriding import Overrides
from carillon.providers.settings import Strict

LONGEST = 1_600  # characters, which services split into parts

_BETWEEN_DIGITS = re.compile(r"[\s().-]")
_NUMBER = re.compile(r"[1-9][0-9]{5,14}\Z")  # E.164
_CUT = "..."  # in GSM-7: a single character that is not, such as …, doubles the price


# GSM 03.38: the letters of a part with 160; those of the second row count twice.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("\f^{}\\[~]|€")


class Address(Strict):
    phone: Annotated[str, Field(max_length=40)]


def number(phone: str) -> str:
    """Return the digits of an international number (E.164, without the plus); raise Invalid.

    One without a plus is a national number, and would reach a stranger in another country.
    """
    plus, digits = phone[:1], _BETWEEN_DIGITS.sub("", phone[1:])
    if plus != "+" or not _NUMBER.match(digits):
        raise Invalid(
            FieldProblem(
                FieldName.ADDRESS,
                "must be a phone number with its country code, such as +49…",
                within="phone",
            )
        )
    return digits


def _phone(phone: str) -> str:
    try:
        number(phone)
    except Invalid as error:
        raise ValueError("must be a phone number with its country code, such as +49…") from error
    return phone


class SmsOverrides(Overrides):
    """`to` takes the place of the recipients' phones, before a message is built."""

    synonyms: ClassVar[Mapping[str, str]] = {"content": "text", "body": "text"}

    to: Annotated[str, Field(max_length=40), AfterValidator(_phone)] | None = None
    sender: Annotated[str, Field(min_length=1, max_length=40)] | None = Field(None, alias="from")
    text: Annotated[str, Field(max_length=LONGEST)] | None = None


def text(message: Message) -> str:
    """Join title and text, truncated; raise Invalid if both are empty."""
    said = message.overrides.get("text")
    words = said or "\n".join(filter(None, (message.subject, message.text))).strip()
    if not words:
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    return cutting.cut(words, LONGEST, mark=_CUT)


def parts(text: str) -> int:
    """Count the parts that a text is sent, and charged, in.

    https://docs.aws.amazon.com/sns/latest/dg/sms_sms-to-phone.html
    """
    if set(text) <= _GSM | _GSM_TWICE:
        length, alone, joined = len(text) + sum(text.count(c) for c in _GSM_TWICE), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= alone else -(-length // joined)
