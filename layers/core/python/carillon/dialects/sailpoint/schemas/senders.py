"""Verified from-addresses on the wire.

Source: https://developer.sailpoint.com/docs/api/beta/create-verified-from-address
"""

from typing import Literal

from carillon.dialects.sailpoint.schemas.common import Email, Wire


class SenderRequest(Wire):
    email: Email


class SenderResponse(Wire):
    id: str
    email: str
    is_verified_by_domain: Literal[False] = False
    verification_status: Literal["PENDING", "SUCCESS", "FAILED", "NA"]
    region: str
