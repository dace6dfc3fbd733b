"""A test notification on the wire.

Source: https://developer.sailpoint.com/docs/api/beta/send-test-notification
"""

from typing import Annotated, Any

from pydantic import Field

from carillon.dialects.sailpoint.schemas.common import Email, Key, Locale, Medium, Wire

_MOST = 50  # addresses of one list

type Emails = Annotated[list[Email], Field(max_length=_MOST)]


class SendTestNotificationRequest(Wire):
    """SailPoint's specification requires no field, but without these two nothing can be sent."""

    key: Key
    medium: Medium
    context: dict[str, Any] | None = None
    locale: Locale | None = None
    recipient_email_list: Emails | None = None
    carbon_copy: Emails | None = None
    blind_carbon_copy: Emails | None = None
