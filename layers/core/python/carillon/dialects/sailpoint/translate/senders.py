"""Translate verified from-addresses, domains and MAIL FROM between wire and domain."""

from collections.abc import Mapping
from typing import Any

from carillon.dialects.sailpoint.collections import Fields
from carillon.dialects.sailpoint.schemas.senders import (
    DkimAttributesResponse,
    DomainResponse,
    MailFromResponse,
    SenderResponse,
    Status,
)
from carillon.domain.base.errors import UnknownPath
from carillon.domain.integrations.senders import Sender, Verification
from carillon.usecases.integrations.domains import Bounces, CheckedDomain
from carillon.usecases.integrations.senders import CheckedSender

FIELDS = Fields(
    filterable={"email": frozenset({"eq", "ge", "le", "gt", "lt"})}, sortable=frozenset({"email"})
)

DOMAIN_FIELDS = Fields(filterable={}, sortable=frozenset())
_STATUS: Mapping[Verification, Status] = {
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
        is_verified_by_domain=checked.by_domain,
        verification_status=_STATUS[checked.verification],
        region=checked.region,
    )


def domain_row(sender: Sender) -> Mapping[str, Any]:
    return {"id": sender.id, "address": sender.identity}


def domain(checked: CheckedDomain) -> DomainResponse:
    return DomainResponse(domain=checked.sender.identity, **_signing(checked))


def dkim_attributes(checked: CheckedDomain) -> DkimAttributesResponse:
    return DkimAttributesResponse(address=checked.sender.identity, **_signing(checked))


def mail_from(found: Bounces) -> MailFromResponse:
    """Show the records that SES documents for a MAIL FROM domain.

    Source: https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
    """
    set_up = bool(found.mail_from.domain)
    mx = f"10 feedback-smtp.{found.region}.amazonses.com"
    return MailFromResponse(
        identity=found.identity,
        mail_from_domain=found.mail_from.domain,
        mx_record=mx if set_up else "",
        txt_record="v=spf1 include:amazonses.com ~all" if set_up else "",
        mail_from_domain_status=_STATUS[found.mail_from.verification],
    )


def identity_of(path: Mapping[str, str], method: str, whole: str) -> str:
    """Return the identity in the path; raise UnknownPath without one."""
    found = id_of(path).strip("/")
    if not found:
        raise UnknownPath(method, whole)
    return found


def _signing(checked: CheckedDomain) -> dict[str, Any]:
    return {
        "id": checked.sender.id,
        "dkim_enabled": checked.signing.enabled,
        "dkim_tokens": list(checked.signing.tokens),
        "dkim_verification_status": _STATUS[checked.signing.verification],
        "region": checked.region,
    }


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
