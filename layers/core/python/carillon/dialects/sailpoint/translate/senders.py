"""Verified from-addresses on the wire.

Source: https://developer.sailpoint.com/docs/api/beta/create-verified-from-address
"""

from collections.abc import Mapping
from typing import Any

from carillon.dialects.sailpoint.schemas.common import Email, Wire
from carillon.domain.integrations.senders import Sender, Verification
from carillon.ports.integrations import Identities

type Row = dict[str, Any]

FILTERABLE = {"email": frozenset({"eq", "ge", "le", "gt", "lt"})}
SORTABLE = frozenset({"email"})

_STATUS: Mapping[Verification | None, str] = {
    Verification.PENDING: "PENDING",
    Verification.SUCCESS: "SUCCESS",
    Verification.FAILED: "FAILED",
    Verification.NONE: "NA",
    None: "NA",
}


class SenderRequest(Wire):
    email: Email


def row(sender: Sender) -> Row:
    """What can be filtered and sorted by, without asking the mail service."""
    return {"id": sender.id, "email": sender.email}


def with_status(found: Mapping[str, Any], identities: Identities) -> Row:
    return {
        **found,
        "isVerifiedByDomain": False,
        "verificationStatus": _STATUS[identities.find(found["email"])],
        "region": identities.region(),
    }


def id_of(path: Mapping[str, str]) -> str:
    """The id in the path, or nothing for all; `v1` comes first where no version does."""
    id = path.get("id", "")
    if "version" in path:
        return id
    return "" if id == "v1" else id.removeprefix("v1/")
