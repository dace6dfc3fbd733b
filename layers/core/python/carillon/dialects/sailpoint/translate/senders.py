"""Translate verified from-addresses between wire and domain."""

from collections.abc import Mapping
from typing import Any, Literal

from carillon.dialects.sailpoint.collections import Fields
from carillon.dialects.sailpoint.schemas.senders import SenderResponse
from carillon.domain.base.errors import UnknownPath
from carillon.domain.integrations.senders import Sender, Verification
from carillon.usecases.integrations.senders import CheckedSender

FIELDS = Fields(
    filterable={"email": frozenset({"eq", "ge", "le", "gt", "lt"})}, sortable=frozenset({"email"})
)

_STATUS: Mapping[Verification, Literal["PENDING", "SUCCESS", "FAILED", "NA"]] = {
    Verification.PENDING: "PENDING",
    Verification.SUCCESS: "SUCCESS",
    Verification.FAILED: "FAILED",
    Verification.NONE: "NA",
}


def row(sender: Sender) -> Mapping[str, Any]:
    """Return the fields to filter and sort by, which need no call to the mail service."""
    return {"id": sender.id, "email": sender.email}


def sender(checked: CheckedSender) -> SenderResponse:
    return SenderResponse(
        id=checked.sender.id,
        email=checked.sender.email,
        verification_status=_STATUS[checked.verification],
        region=checked.region,
    )


def id_of(path: Mapping[str, str]) -> str:
    """Return the id in the path, or nothing for the collection.

    Without a version in front, `v1` comes before the id.
    """
    id = path.get("proxy", "")
    if "version" in path:
        return id
    return "" if id == "v1" else id.removeprefix("v1/")


def check_collection(parameters: Mapping[str, str], method: str, path: str) -> None:
    """Raise UnknownPath for a path that names one address: it can only be deleted."""
    if id_of(parameters):
        raise UnknownPath(method, path)
