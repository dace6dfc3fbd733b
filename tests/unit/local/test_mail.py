"""Mail by SES in the outbox: all that was sent, though the emulator keeps a part."""

import asyncio
import base64
import json

from ministack.services import ses, ses_v2

from local.emulator import keeping_all
from local.outbox import mail

SAID = {
    "FromEmailAddress": "Acme <hello@acme.example>",
    "Destination": {"ToAddresses": ["ana@acme.example"], "BccAddresses": ["bcc@acme.example"]},
    "ReplyToAddresses": ["help@acme.example"],
    "Content": {
        "Simple": {
            "Subject": {"Data": "S"},
            "Body": {"Text": {"Data": "T"}},
            "Headers": [{"Name": "X-Campaign", "Value": "spring"}],
            "Attachments": [
                {
                    "FileName": "a.pdf",
                    "ContentType": "application/pdf",
                    "RawContent": base64.b64encode(b"12345").decode(),
                }
            ],
        }
    },
}


def test_a_mail_is_shown_with_all_that_was_sent(monkeypatch):
    monkeypatch.setattr(ses_v2, "_message_rejection", lambda *_: None)
    handle = keeping_all(ses_v2.handle_request)

    asyncio.run(handle("POST", "/v2/email/outbound-emails", {}, json.dumps(SAID).encode(), {}))

    headers = mail._message(ses._sent_emails_list()[-1], 1)["headers"]
    assert headers.items() >= {
        ("bcc", "bcc@acme.example"),
        ("reply-to", "help@acme.example"),
        ("x-campaign", "spring"),
        ("attachments", "a.pdf (application/pdf, 5 bytes, sha256 5994471abb01112a)"),
    }
