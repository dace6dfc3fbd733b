"""SMTP: replies to each command (RFC 5321), and their enhanced codes (RFC 3463)."""

from tests.unit.providers.vectors.vector import BAD, CONFIG, DEAD, RETRY, SENT, UNSURE, Vector

_REPLIES = [
    (250, "data", "2.0.0 Ok: queued as 4F2", SENT, ""),
    (250, "rcpt", "OK", UNSURE, "smtp_250"),
    (421, "connect", "4.3.2 later", RETRY, "4.3.2"),
    (450, "rcpt", "4.2.0 greylisted", RETRY, "4.2.0"),
    (452, "data", "full", RETRY, "smtp_452"),
    (-1, "mail", "", RETRY, "smtp_-1"),
    (550, "rcpt", "5.1.1 no such user", DEAD, "5.1.1"),
    (551, "rcpt", "not here", DEAD, "smtp_551"),
    (553, "rcpt", "5.1.3 bad name", DEAD, "5.1.3"),
    (550, "rcpt", "5.7.1 relay denied", CONFIG, "5.7.1"),
    (552, "rcpt", "5.2.2 full", BAD, "5.2.2"),
    (552, "data", "5.3.4 too big", BAD, "5.3.4"),
    (554, "data", "5.7.1 spam", BAD, "5.7.1"),
    (535, "auth", "5.7.8 no", CONFIG, "5.7.8"),
    (530, "mail", "5.7.0 log in", CONFIG, "5.7.0"),
    (534, "auth", "no", CONFIG, "smtp_534"),
    (554, "connect", "go away", CONFIG, "smtp_554"),
    (550, "mail", "5.7.1 not your domain", CONFIG, "5.7.1"),
]

VECTORS = [
    Vector(status, text, outcome, code, {"smtp-command": command})
    for status, command, text, outcome, code in _REPLIES
]
