"""A tenant's preferences for a notification on the wire.

Source: https://developer.sailpoint.com/docs/api/v2026/set-notification-preferences
"""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.schemas.common import Email, Key, Wire

_MOST_COPIES = 5

type PreferredMedium = Literal["EMAIL", "SLACK", "TEAMS", "INBOX"]


class PreferencesQuery(CollectionQuery):
    filter_unavailable: bool = Field(default=False, alias="filterUnavailableMediums")


class CopyEntry(Wire):
    """Copies only go to addresses: there are no identities or groups."""

    type: Literal["STATIC_EMAIL"]
    email: Email


type CopyList = Annotated[list[CopyEntry], Field(max_length=_MOST_COPIES)]


class PreferencesRequest(Wire):
    key: Key
    mediums: list[PreferredMedium]
    cc_list: CopyList | None = None
    bcc_list: CopyList | None = None

    @model_validator(mode="after")
    def _copies_make_sense(self) -> Self:
        copies = [entry.email.lower() for entry in (self.cc_list or []) + (self.bcc_list or [])]
        if copies and "EMAIL" not in self.mediums:
            raise ValueError("ccList and bccList need EMAIL among the mediums")
        if len(set(copies)) < len(copies):
            raise ValueError("ccList and bccList must not repeat an address")
        return self


class CopyResponse(Wire):
    type: Literal["STATIC_EMAIL"] = "STATIC_EMAIL"
    id: None = None
    email: str


class PreferencesResponse(Wire):
    key: str
    mediums: list[PreferredMedium]
    modified: datetime
    cc_list: list[CopyResponse]
    bcc_list: list[CopyResponse]
