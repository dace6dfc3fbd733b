"""Secrets that can be told anywhere: each holds the mark, and no line of a log may.

The mark is found as it is, in any case, in hex and inside base64 wherever it falls there. It has
letters and digits alone, so that percent-encoding and JSON leave it as it is.
"""

import base64
import re

MARK = "CANARY7f3a"

OPERATOR_KEY = f"operator-{MARK}"
WEBHOOK_URL = f"https://receiver.example/hook/{MARK}?token={MARK}"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(f"a {MARK} signs these".encode()).decode()
SLACK_URL = f"https://hooks.slack.com/services/{MARK}"
BOT_TOKEN = f"xoxb-{MARK}"
PASSWORD = f"password-{MARK}"
EMAIL = f"ana.{MARK}@example.com"
PHONE = "+15557730173"  # the only one that can hold no letters
DEVICE_TOKEN = f"device-{MARK}"
TEXT = f"said to nobody else: {MARK}"


def found(text: str) -> bool:
    return bool(_FORMS.search(text))


def masked(text: str) -> str:
    """The text as a report may show it."""
    return _FORMS.sub("***", text)


def _inside_base64(secret: bytes) -> list[str]:
    """What stays of it in base64, for each of the three ways it can fall into groups of 3."""
    forms = []
    for before in range(3):
        whole = (len(secret) + before) // 3 * 3 - before
        encoded = base64.b64encode(b"\0" * before + secret[:whole]).decode()
        forms.append(encoded[4:] if before else encoded)
    return forms


def _pattern(*secrets: str) -> re.Pattern[str]:
    plain = [form for secret in secrets for form in (secret, secret.encode().hex())]
    encoded = [form for secret in secrets for form in _inside_base64(secret.encode())]
    return re.compile(f"(?i:{'|'.join(map(re.escape, plain))})|{'|'.join(map(re.escape, encoded))}")


_FORMS = _pattern(MARK, PHONE.removeprefix("+"))
