"""Users and their addresses on the wire.

Source: https://github.com/bitcaster-io/bitcaster/blob/develop/docs/api/users.md
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from carillon.dialects.bitcaster.schemas.common import (
    Boolean,
    Dictionary,
    Email,
    Given,
    Text,
    Wire,
    Word,
    wrong,
)
from carillon.domain.base.merging import Merging


def _mode(value: Any) -> Any:
    """Take any case: the documentation has upper case, the client lower case."""
    text = str(value).lower()
    if text == "replace":  # as the documentation calls it
        return Merging.REWRITE
    if text not in set(Merging):
        raise wrong(f'"{str(value)[:100]}" is not a valid choice.')
    return Merging(text)


def _absent_is_empty(value: Any) -> Any:
    return {} if value is None else value


def _absent_is_blank(value: Any) -> Any:
    return "" if value is None else value


# The client sends null for options that were not set.
CustomFields = Annotated[
    Dictionary,
    BeforeValidator(_absent_is_empty, json_schema_input_type=dict[str, Any] | None),
]
OptionalText = Annotated[
    Text, BeforeValidator(_absent_is_blank, json_schema_input_type=Given | None)
]


class CreateUserRequest(Wire):
    email: Email
    first_name: OptionalText = ""
    last_name: OptionalText = ""
    custom_fields: CustomFields = Field(default={})


class ChangeUserRequest(Wire):
    first_name: OptionalText | None = None
    last_name: OptionalText | None = None
    locked: Boolean | None = None
    custom_fields: CustomFields = Field(default={})
    mode: Annotated[Merging, BeforeValidator(_mode)] = Field(default=Merging.IGNORE, alias="_mode")


class UserResponse(Wire):
    id: str
    url: str
    email: str
    username: str
    first_name: str
    last_name: str
    locked: bool
    is_active: bool


class UserWithFieldsResponse(UserResponse):
    custom_fields: dict[str, Any]


class AddressRequest(Wire):
    value: Word
    name: OptionalText = ""


class AddressResponse(Wire):
    name: str
    value: str
    type: str


class RegisteredAddress(AddressRequest):
    assign_to_preferred_channel: Boolean = False


class RegisterRequest(Wire):
    username: Word
    first_name: OptionalText = ""
    last_name: OptionalText = ""
    email: OptionalText = ""
    custom_fields: CustomFields = Field(default={})
    active: Boolean = True
    addresses: list[RegisteredAddress] = Field(default=[], max_length=50)
    distribution_list: Text | None = None


class RegisteredUser(Wire):
    username: str
    email: str
    first_name: str
    last_name: str


class Membership(Wire):
    custom_fields: dict[str, Any]
    active: bool
    locked: bool
    enable_notifications: Literal[True] = True


class Assignment(Wire):
    address: str
    channel: str


class JoinedList(Wire):
    name: str
    recipients_added: int


class RegisteredResponse(Wire):
    user: RegisteredUser
    created: bool
    membership: Membership
    addresses: list[AddressResponse]
    assignments: list[Assignment]
    distribution_list: JoinedList | None


class UnregisteredResponse(Wire):
    deleted: int
