"""Base models and field types of Bitcaster's API, with its framework's error texts."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from carillon.dialects import common

INVALID_EMAIL = "Enter a valid email address."
_NULL = "This field may not be null."
_BLANK = "This field may not be blank."
_LONGEST = common.LONGEST_NAME


class Wire(BaseModel):
    """Unknown fields are ignored, as by Bitcaster."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ListQuery(Wire):
    cursor: str | None = None  # ours: continues a list that was too long for one answer


def wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("bitcaster", "{message}", {"message": message})


def _kind(value: Any) -> str:
    return type(value).__name__


def _dictionary(value: Any) -> Any:
    if value is None:
        raise wrong(_NULL)
    if not isinstance(value, dict):
        raise wrong(f'Expected a dictionary of items but got type "{_kind(value)}".')
    return value


def _list(value: Any) -> Any:
    if value is None:
        raise wrong(_NULL)
    if not isinstance(value, list):
        raise wrong(f'Expected a list of items but got type "{_kind(value)}".')
    return value


def _text(value: Any) -> str:
    """Numbers are taken as text, as by Bitcaster, whose keys are numbers."""
    if value is None:
        raise wrong(_NULL)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong("Not a valid string.")
    text = str(value).strip()
    if not common.is_plain(text):
        raise wrong("Control characters are not allowed.")
    if len(text) > _LONGEST:
        raise wrong(f"Ensure this field has no more than {_LONGEST} characters.")
    return text


def _word(value: Any) -> str:
    text = _text(value)
    if not text:
        raise wrong(_BLANK)
    return text


def _email(value: Any) -> str:
    text = _word(value)
    if not common.is_email(text):
        raise wrong(INVALID_EMAIL)
    return text


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    match str(value).lower():
        case "true" | "1" | "on" | "yes":
            return True
        case "false" | "0" | "off" | "no":
            return False
        case _:
            raise wrong("Must be a valid boolean.")


# JSON types accepted for a text, a non-blank text and a boolean: forms only have texts.
Given = Annotated[str, Field(max_length=_LONGEST)] | float
_Filled = Annotated[str, Field(min_length=1, max_length=_LONGEST)] | float
_Truth = bool | Literal[0, 1, "0", "1", "true", "false", "on", "off", "yes", "no"]

Dictionary = Annotated[dict[str, Any], BeforeValidator(_dictionary)]
Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=Given)]
Word = Annotated[str, BeforeValidator(_word, json_schema_input_type=_Filled)]
Words = Annotated[list[Word], BeforeValidator(_list)]
Email = Annotated[
    str,
    BeforeValidator(
        _email,
        json_schema_input_type=Annotated[str, Field(min_length=1, max_length=common.LONGEST_EMAIL)],
    ),
]
Boolean = Annotated[bool, BeforeValidator(_boolean, json_schema_input_type=_Truth)]
