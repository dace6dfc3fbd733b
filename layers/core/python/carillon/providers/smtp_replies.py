"""Replies of mail servers: whom a refusal is about, by its enhanced code and its words.

https://www.iana.org/assignments/smtp-enhanced-status-codes (the codes of RFC 3463)
https://github.com/sisimai/rb-sisimai/tree/master/lib/sisimai/reason (what servers write)

A 550 alone says nothing: servers answer with it to unknown mailboxes, and just so to senders that
they do not relay for, have listed, or have heard enough of today. An address is dead only if a code
or words say that it does not exist, and nothing in the reply speaks of the sender.
"""

import re

from carillon.domain.delivery.deliveries import Outcome
from carillon.providers import verdicts
from carillon.providers.verdicts import Verdict

_HOUR = 3_600.0
_HALF_AN_HOUR = 1_800.0  # between attempts at a mailbox that was refused for good

_ENHANCED = re.compile(r"(?m)^[\s<(\[#-]*([245]\.\d{1,3}\.\d{1,3})\b")
_ANYWHERE = re.compile(r"#\s?([245]\.\d{1,3}\.\d{1,3})\b")  # qmail ends its replies with it
# Addresses, domains and links are not words: one may be called relay@ or spam@.
_NOT_WORDS = re.compile(r"<[^<>\s]*>|\S*@\S*|https?://\S*")

_NO_SUCH_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.10"})
# Codes that servers also give to addresses which do not exist, if their words say so.
_UNSPECIFIC = re.compile(r"smtp_\d+|5\.0\.0|5\.1\.[01]|5\.2\.0|5\.5\.0")
_NO_SUCH_WORDS = re.compile(
    r"(?:user|recipient|mailbox|account|address)(?: is| was)? (?:unknown|not found)"
    r"|unknown (?:local )?(?:user|recipient|mailbox|address)"
    r"|no such (?:user|mailbox|recipient|person|address)"
    r"|(?:user|mailbox|recipient|account|address|person) (?:does not|doesn't|doesnt) exist"
    r"|no mailbox (?:here )?by that name"
    r"|no (?:account|mailbox) (?:by that name )?here"
    r"|account that you tried to reach does not exist"
    r"|(?:user|recipient) (?:not known|is not a known user)",
)
_OUR_QUOTA = re.compile(
    r"sending (?:quota|limit|rate)|(?:daily|hourly|rate|message|sending|user sending)"
    r"[ -](?:\w+[ -]){0,2}(?:quota|limit)|too (?:many|much)|exceeded the (?:max|number|limit)"
    r"|(?:quota|limit) exceeded for (?:sender|sending)|ratelimit|throttl",
)
_LATER = re.compile(r"try again|try later|temporar|greylist|graylist|deferred|at this time")
_ABOUT_THE_SENDER = re.compile(
    r"relay|rcpthosts|authenticat|not authori[sz]ed|authori[sz]ation|log ?in|sender|mail from"
    r"|verification failed|\bspf\b|\bdkim\b|\bdmarc\b|black ?list|block ?list|black list|block list"
    r"|denylist|\brbl\b|dnsbl|spamhaus|spamcop|barracuda|reputation|banned|prison|blocked"
    r"|client host|your (?:ip|host|server|domain|network)|\bptr\b|reverse dns|\bhelo\b|\behlo\b"
    r"|access denied|not allowed to send|not permitted|policy|license|unpaid|suspended",
)
_SPAM = re.compile(r"spam|unsolicited|virus|malware|content|phish")
_FULL = re.compile(r"quota|mailbox (?:is )?full|full mailbox|over ?quota|storage|disk space")

# The first that is found decides.
_BY_WORDS = (
    (_OUR_QUOTA, verdicts.later(_HOUR)),
    (_FULL, verdicts.later(_HOUR, verdicts.BUSY)),
    (_LATER, verdicts.later(_HALF_AN_HOUR)),
    (_ABOUT_THE_SENDER, verdicts.later(_HALF_AN_HOUR, verdicts.MEND)),
)
_BY_CODE = {"5.4.5": verdicts.later(_HOUR), "5.2.2": verdicts.later(_HOUR, verdicts.BUSY)}


def enhanced(text: str) -> str:
    """Return the reply's enhanced status code; an empty text if it has none."""
    found = _ENHANCED.search(text) or _ANYWHERE.search(text)
    return found[1] if found else ""


def refused_recipient(code: str, text: str) -> Verdict:
    """Classify a permanent refusal of a recipient (RCPT)."""
    words = _words(text)
    if verdict := _spoken(code, words):
        return verdict
    unspecific = _UNSPECIFIC.fullmatch(code) and _NO_SUCH_WORDS.search(words)
    if code in _NO_SUCH_ADDRESS or unspecific:
        return verdicts.DEAD
    if code == "5.1.3":  # not an address at all, as the server reads it
        return verdicts.BAD
    about_one = code.startswith(("5.1.", "5.2."))
    return verdicts.later(_HALF_AN_HOUR, verdicts.PLACE if about_one else verdicts.MEND)


def refused_otherwise(code: str, text: str, *, is_data: bool) -> Verdict:
    """Classify a permanent refusal of the connection, the sender or (DATA) the message."""
    words = _words(text)
    if is_data and _SPAM.search(words.replace("spamhaus", "").replace("spamcop", "")):
        return verdicts.BAD
    verdict = _spoken(code, words)
    if is_data:
        return verdict or verdicts.BAD
    is_time = verdict is not None and verdict.outcome is Outcome.RETRY
    return verdict if verdict and is_time else verdicts.CREDENTIAL


def _spoken(code: str, words: str) -> Verdict | None:
    """Return the verdict of a reply that speaks of the sender, or of a time; None for others."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    return next((verdict for said, verdict in _BY_WORDS if said.search(words)), None)


def put_off(code: str) -> Verdict:
    """Classify a temporary refusal of a recipient: 4.1 and 4.2 speak of the mailbox alone."""
    return verdicts.BUSY if code.startswith(("4.1.", "4.2.")) else verdicts.RETRY


def _words(text: str) -> str:
    return " ".join(_NOT_WORDS.sub(" ", text.lower()).split())
