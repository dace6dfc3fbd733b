"""Translate test notifications between wire and domain."""

from carillon.dialects.sailpoint.schemas.notifications import SendTestNotificationRequest
from carillon.dialects.sailpoint.translate.common import CHANNELS
from carillon.dialects.sailpoint.translate.examples import without_filler
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.templates import Copies
from carillon.usecases.trying.rehearse import Rehearsal, RehearsalResult

_MAIL_ONLY = ("recipient_email_list", "carbon_copy", "blind_carbon_copy")
_SHOWN = 200  # characters of the target's response


def to_rehearsal(body: SendTestNotificationRequest, application: str) -> Rehearsal:
    """Only mails take addresses: other mediums go to their integration's own target."""
    channel, provider = CHANNELS[body.medium]
    if body.medium != "EMAIL":
        named = [name for name in _MAIL_ONLY if getattr(body, name)]
        if named:
            alias = type(body).model_fields[named[0]].alias or named[0]
            raise Invalid(WireProblem(alias, f"is for EMAIL, not for {body.medium}"))
    first, *others = body.recipient_email_list or [""]
    return Rehearsal(
        event=body.key,
        application=application,
        channel=channel,
        provider=provider,
        payload=without_filler(body.context) if body.context else None,
        locale=body.locale,
        address={"email": first} if first else {},
        copies=Copies(
            to=tuple(others),
            cc=tuple(body.carbon_copy or ()),
            bcc=tuple(body.blind_carbon_copy or ()),
        ),
    )


def check_sent(rehearsed: RehearsalResult) -> None:
    """Raise Invalid, with the target's response, unless it accepted the message."""
    tested = rehearsed.tested
    if tested.sent:
        return
    result = tested.result
    status = f" with status {result.http_status}" if result.http_status else ""
    answer = " ".join(filter(None, (result.code, result.detail, tested.excerpt[:_SHOWN])))
    who = f"{rehearsed.integration.provider} ({rehearsed.integration.identifier})"
    raise Invalid(WireProblem("", f"{who} refused the message{status}: {answer or 'no answer'}"))
