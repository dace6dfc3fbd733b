"""SMTP: replies to each command (RFC 5321), and their enhanced codes (RFC 3463)."""

from tests.unit.providers.vectors.vector import (
    BAD,
    CONFIG,
    DEAD,
    INTEGRATION,
    PLACE,
    RETRY,
    SENT,
    UNSURE,
    Vector,
)

DOCS = "https://www.iana.org/assignments/smtp-enhanced-status-codes"

_HALF, _HOUR = 1800.0, 3600.0

_REPLIES = [
    (250, "data", "2.0.0 Ok: queued as 4F2", SENT, "", None),
    (250, "rcpt", "OK", UNSURE, "smtp_250", None),
    (421, "connect", "4.3.2 later", RETRY, "4.3.2", None),
    (450, "rcpt", "4.2.0 greylisted", RETRY, "4.2.0", None),
    (450, "rcpt", "4.1.1 unverified address", RETRY, "4.1.1", None),
    (452, "data", "full", RETRY, "smtp_452", None),
    (451, "rcpt", "4.7.1 Try again later", RETRY, "4.7.1", None),
    (454, "rcpt", "4.7.1 Relay access denied", RETRY, "4.7.1", None),
    (-1, "mail", "", RETRY, "smtp_-1", None),
    (550, "rcpt", "5.1.1 no such user", DEAD, "5.1.1", None),
    (550, "rcpt", "5.1.2 no such domain", DEAD, "5.1.2", None),
    (550, "rcpt", "5.1.10 RESOLVER.ADR.RecipientNotFound", DEAD, "5.1.10", None),
    (550, "rcpt", "User unknown in virtual mailbox table", DEAD, "smtp_550", None),
    (550, "rcpt", "No such user here", DEAD, "smtp_550", None),
    (551, "rcpt", "not here", CONFIG, "smtp_551", _HALF),
    (553, "rcpt", "5.1.3 bad name", BAD, "5.1.3", None),
    (550, "rcpt", "5.1.6 mailbox has moved", CONFIG, "5.1.6", _HALF),
    (550, "rcpt", "5.2.1 mailbox disabled", CONFIG, "5.2.1", _HALF),
    (550, "rcpt", "5.7.1 relay denied", CONFIG, "5.7.1", _HALF),
    (554, "rcpt", "5.7.1 you may not post to this list", CONFIG, "5.7.1", _HALF),
    (552, "rcpt", "5.2.2 full", RETRY, "5.2.2", _HOUR),
    (552, "data", "5.3.4 too big", BAD, "5.3.4", None),
    (554, "data", "5.7.1 spam", BAD, "5.7.1", None),
    (554, "data", "5.6.0 content refused", BAD, "5.6.0", None),
    (550, "data", "5.4.5 Daily user sending quota exceeded", RETRY, "5.4.5", _HOUR),
    (535, "auth", "5.7.8 no", CONFIG, "5.7.8", None),
    (530, "mail", "5.7.0 log in", CONFIG, "5.7.0", None),
    (530, "rcpt", "5.7.1 Authentication required", CONFIG, "5.7.1", None),
    (534, "auth", "no", CONFIG, "smtp_534", None),
    (554, "connect", "go away", CONFIG, "smtp_554", None),
    (550, "mail", "5.7.1 not your domain", CONFIG, "5.7.1", None),
    (550, "mail", "5.4.5 Daily user sending quota exceeded", RETRY, "5.4.5", _HOUR),
]

_CONCERNS = {
    (450, "4.2.0"): PLACE,
    (450, "4.1.1"): PLACE,
    (550, "5.2.1"): PLACE,
    (550, "5.1.6"): PLACE,
    (535, "5.7.8"): INTEGRATION,
}

VECTORS = [
    Vector(
        status,
        text,
        outcome,
        code,
        {"smtp-command": command},
        wait=wait,
        concerns=_CONCERNS.get((status, code)),
    )
    for status, command, text, outcome, code, wait in _REPLIES
]
