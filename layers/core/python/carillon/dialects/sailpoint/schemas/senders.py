"""Verified from-addresses, verified domains and their MAIL FROM attributes on the wire.

Source: https://developer.sailpoint.com/docs/api/beta/create-verified-from-address and
.../create-domain-dkim, .../put-mail-from-attributes
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from carillon.dialects.sailpoint.schemas.common import Email, Wire

type Status = Literal["PENDING", "SUCCESS", "FAILED", "NA"]
_DOMAIN = re.compile(
    r"(?=.{4,253}\Z)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z][a-z0-9-]*[a-z0-9]\Z", re.IGNORECASE
)


def _domain(text: str) -> str:
    if not _DOMAIN.match(text):
        raise ValueError("must be a domain, such as example.com")
    return text


Domain = Annotated[str, Field(min_length=4, max_length=253), AfterValidator(_domain)]


class SenderRequest(Wire):
    email: Email


class SenderResponse(Wire):
    id: str
    email: str
    is_verified_by_domain: bool = False
    verification_status: Status
    region: str


class DomainRequest(Wire):
    domain: Domain


class _Signing(Wire):
    id: str
    dkim_enabled: bool
    dkim_tokens: list[str]
    dkim_verification_status: Status
    region: str


class DomainResponse(_Signing):
    domain: str


class DkimAttributesResponse(_Signing):
    """`address` is the domain."""

    address: str


class MailFromRequest(Wire):
    """An empty domain has bounces go to SES again."""

    identity: Annotated[str, Field(min_length=1, max_length=254)]
    mail_from_domain: Domain | Literal[""]


class MailFromResponse(Wire):
    """The records are for the DNS of `mailFromDomain`; without one, all are empty."""

    identity: str
    mail_from_domain: str
    mx_record: str
    txt_record: str
    mail_from_domain_status: Status
