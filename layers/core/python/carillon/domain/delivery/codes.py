"""Codes: each of Carillon's own words for a failed delivery in a sentence, and what to do."""

from typing import Final

from carillon.domain.delivery.deliveries import DeliveryRecord, Outcome, Status
from carillon.domain.delivery.skips import SENTENCES as SKIPS

_AGAIN = "Replay the delivery afterwards."
_BY_ITSELF = "It is tried again by itself."

# Codes that Carillon gives, whoever the provider is.
SENTENCES: Final = {
    "address_not_allowed": (
        "The target is not on the public internet, and Carillon sends nowhere else. "
        f"Give a public HTTPS address. {_AGAIN}"
    ),
    "attachment_gone": (
        "A file that the message attaches, named in `detail`, is not stored any more: "
        "a file is kept for as long as its first event, and ends with its subscriber or tenant. "
        "Trigger the event again, with the file."
    ),
    "attachment_unavailable": (
        "A file that the message attaches could not be fetched from its URL. "
        f"{_BY_ITSELF} See whether the file's server is up."
    ),
    "cancelled": "The tenant cancelled the invocation, or it is gone. Trigger the event again.",
    "circuit_open": (
        "The integration's circuit is open, because its provider refused the credential or failed "
        "ten times in a row. Look at the integration's `circuit`, and change what is wrong there."
    ),
    "connect_failed": (
        f"No connection to the target came about. {_BY_ITSELF} See whether its server is up."
    ),
    "dropped": "The operator dropped the dead letter that carried it. Trigger the event again.",
    "duplicate": "The provider has had the message before, and keeps it once. Do nothing.",
    "error": "The provider answered with an error that has no code. Read its answer.",
    "errors": "The provider took the message, and told of errors too. Read its answer.",
    "integration_inactive": (
        f"The integration was inactive when its turn came. Activate it. {_AGAIN}"
    ),
    "integration_missing": (
        "The integration was removed before its turn came. Create one and trigger the event again."
    ),
    "internal_error": f"Carillon failed by a bug of its own. {_BY_ITSELF} Tell the operator.",
    "invalid_message": (
        "The template's message cannot be made or sent; `detail` says what is wrong. "
        f"Change the template or the payload. {_AGAIN}"
    ),
    "invalid_url": f"The integration's Apprise URL cannot be read. Correct it. {_AGAIN}",
    "invalid_request": (
        "A header or the URL of the request cannot be sent as it is. "
        f"Correct the integration's settings. {_AGAIN}"
    ),
    "login_not_ascii": (
        "The username or password has letters that the mail server's login cannot take. "
        f"Use a password of ASCII characters. {_AGAIN}"
    ),
    "login_not_offered": (
        "The mail server takes no username and password as the integration has them. "
        f"Correct its security or its credentials. {_AGAIN}"
    ),
    "name_not_found": (
        f"The target's host name does not exist. Correct the URL or its DNS. {_AGAIN}"
    ),
    "no_answer": (
        "The message left, and no complete answer came in time: it may have arrived. "
        f"{_BY_ITSELF} The repetition has the same id."
    ),
    "no_token": (f"The provider's server for access tokens did not answer. {_BY_ITSELF}"),
    "not_notified": f"Apprise says that the service did not take the message. {_BY_ITSELF}",
    "not_sent": "The provider took the message and then did not send it. Read its answer.",
    "not_subscribed": (
        "The device or user has no subscription with the provider. "
        "Have the application register it again."
    ),
    "nothing_sent": "The provider reached none of the recipients. Read its answer.",
    "sender_not_granted": (
        "The integration's sender is neither granted to the tenant by the operator nor one of its "
        "verified senders. Ask the operator for a grant, or choose another sender. "
        f"{_BY_ITSELF}"
    ),
    "sms_limit_reached": (
        "The tenant has sent as many SMS this month as the installation pays for. "
        f"Ask the operator for more, or send by an account of your own. {_BY_ITSELF}"
    ),
    "starttls_not_offered": (
        "The mail server offers no STARTTLS, and nothing is sent without encryption. "
        f"Set the integration's security to `tls`, or mend the server. {_AGAIN}"
    ),
    "store_unavailable": (
        "A store of Carillon's own did not answer, so the provider was not asked. "
        f"{_BY_ITSELF} Tell the operator if it lasts."
    ),
    "subscriber_deleted": (
        "The subscriber was deleted before the message was sent. Nothing is to be done."
    ),
    "tenant_inactive": "The operator has switched the tenant off. Ask the operator.",
    "tls_failed": (
        f"The target's TLS certificate or connection is not valid. Renew the certificate. {_AGAIN}"
    ),
    "too_late": (
        "A push is not sent more than four hours after its event. Trigger the event again."
    ),
    "unreadable_answer": (
        "The provider's answer is not one that it documents: the message may have arrived. "
        f"{_BY_ITSELF}"
    ),
    "unusable_private_key": (
        f"The integration's private key cannot be read. Save the provider's key again. {_AGAIN}"
    ),
}

_BY_CLASS: Final = {
    3: "The target redirects, which is never followed. Give the URL that it redirects to.",
    4: "The target refused the request. Read its answer, and correct the address or the message.",
    5: "The target had an error of its own. It is tried again by itself.",
}
_BY_STATUS: Final = {
    401: "The target refused the credential. Correct the integration's settings.",
    403: "The target forbids it to this credential. Correct the integration's settings or rights.",
    404: "The target knows no such address. Correct it.",
    408: "The target did not read the request in time. It is tried again by itself.",
    410: "The address is gone for good. Have the subscriber or the endpoint register a new one.",
    413: "The target finds the message too large. Shorten it.",
    425: "The target does not take the request yet. It is tried again by itself.",
    429: "The target takes no more requests for now. It is tried again by itself.",
}
_SMTP: Final = (
    "The mail server refused the message; its reply is the answer. "
    "Correct what the reply names: the sender, the recipient, the credential or the message."
)
_BY_OUTCOME: Final = {
    Outcome.RETRY: "The provider does not take the message now. It is tried again by itself.",
    Outcome.DEAD: (
        "The provider says that this address can never work again. "
        "Have the subscriber register a new one."
    ),
    Outcome.CONFIG: (
        "The provider refused the integration's credential or permission. "
        "Correct the integration's settings."
    ),
    Outcome.BAD: "The provider can never take this message. Read its answer.",
    Outcome.UNSURE: "No complete answer came: the message may have arrived.",
}


def explained(record: DeliveryRecord) -> str:
    """Return in a sentence why a delivery is not sent, and what to do; nothing for a sent one."""
    if record.skip:
        return SKIPS[record.skip]
    if record.status is Status.SENT:
        return ""
    if record.status is Status.SUPPRESSED:
        return (
            "The address is dead, as its provider said of an earlier message. "
            "Have the subscriber register it again, or revive it."
        )
    return _with_end(record, of_code(record.code) or _BY_OUTCOME.get(record.outcome, ""))


def of_code(code: str) -> str:
    """Return the sentence of one of Carillon's own codes; nothing for a provider's."""
    if code in SENTENCES:
        return SENTENCES[code]
    if code.startswith("smtp_"):
        return _SMTP
    kind, _, status = code.rpartition("http_")
    if not status.isascii() or not status.isdecimal() or kind not in {"", "token_"}:
        return ""
    sentence = _BY_STATUS.get(int(status)) or _BY_CLASS.get(int(status) // 100, "")
    return f"No access token was granted. {sentence}" if kind and sentence else sentence


def _with_end(record: DeliveryRecord, sentence: str) -> str:
    """Say that a delivery is given up, where its sentence promises another attempt."""
    if record.status.final:
        given_up = f"It was given up after {record.attempts} attempts. {_AGAIN}"
        return sentence.replace(_BY_ITSELF, given_up)
    return sentence
