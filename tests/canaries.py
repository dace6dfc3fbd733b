"""Words that stand for secrets in tests: where one is logged, the test that did it fails.

They are in URLs, tokens, keys, addresses and payloads. A secret in Base64 has them in it too.
"""

import base64

MARK = "CANARY7f3a"

URL = f"https://receiver.example/hook/{MARK}?token={MARK}"
TOKEN = f"xoxb-{MARK}"
EMAIL = f"{MARK}@example.com"
TEXT = f"the words of a message, {MARK}"
# 30 bytes, so that the mark starts where Base64 does and stays legible in it.
SIGNING_SECRET = "whsec_" + base64.b64encode((MARK * 3).encode()).decode()

_forms = {MARK, MARK.lower(), base64.b64encode(MARK.encode()).decode()[:12]}


def plant(secret: str) -> str:
    """A secret that was made during a test, to be looked for from now on."""
    _forms.add(secret)
    return secret


def found(text: str) -> bool:
    return any(form in text for form in _forms)
