"""Attachments that do not fit their event, sent by Novu's own client, arrive byte for byte."""

import base64
import hashlib
import random
import re
import time
import uuid
from email import message_from_string, policy

import pytest
from novu_py import Novu, models

from tests import canaries

PATIENCE = 60
DESCRIBED = re.compile(r"(\S+) \(application/pdf, \d+ bytes, sha256 (\w+)\)")
FROM = "Carillon <hello@carillon.example>"
SETTINGS = {
    "ses": {"from": FROM},
    "smtp": {
        "host": "mail.outbox.example",
        "from": FROM,
        "username": "u",
        "password": canaries.BOT_TOKEN,
    },
}


@pytest.fixture(scope="module", params=SETTINGS)
def tenant(stack, request):
    """A tenant that mails by this provider; its id and key, and a client of Novu's."""
    id = f"attaching-{request.param}"
    asked = {"id": id, "name": id, "senders": ["*"]}
    made = stack.admin("POST", "/tenants", asked, key=stack.operator_key)
    key = made["key"]["api_key"]
    stack.admin("POST", "/event-types", {"slug": "news", "name": "News"}, key=key)
    words = {"medium": "email", "subject": "{{ what }}", "body": "See the files."}
    stack.admin("PUT", "/event-types/news/templates", words, key=key)
    integration = {"provider": request.param, "settings": SETTINGS[request.param]}
    stack.admin("POST", "/integrations", integration, key=key)
    with Novu(secret_key=key, server_url=stack.base_url) as client:
        yield id, key, client


def pdf(megabytes, seed):
    """Something like a PDF: its header, then bytes of every value."""
    return b"%PDF-1.7\r\n%\xe2\xe3\xcf\xd3\r\n" + random.Random(seed).randbytes(
        int(megabytes * 1024 * 1024)
    )


def attached(files):
    return [
        {"name": name, "mime": "application/pdf", "file": base64.b64encode(content).decode()}
        for name, content in files.items()
    ]


def event(what, **files):
    return models.TriggerEventRequestDto(
        workflow_id="news",
        to=models.SubscriberPayloadDto(subscriber_id="ana", email="ana@example.com"),
        payload={"what": what, "attachments": attached(files)},
        transaction_id=what,
    )


def landed(stack, what):
    """What the mail of an event attaches: its digests by name."""
    [message] = stack.wait_for(1, contains=what, patience=PATIENCE)
    if message["provider"] == "email":  # as the emulator of SES tells it
        return dict(DESCRIBED.findall(message["headers"]["attachments"]))
    mail = message_from_string(message["body"], policy=policy.default)
    return {one.get_filename(): digest(one.get_content()) for one in mail.iter_attachments()}


def digest(content):
    return hashlib.sha256(content).hexdigest()[:16]


def stored(stack, tenant):
    """The keys of the tenant's objects in the stack's own bucket."""
    s3 = stack.aws("s3")
    names = [one["Name"] for one in s3.list_buckets()["Buckets"]]
    [bucket] = [name for name in names if "attachments" in name]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{tenant}/")
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


def test_a_large_pdf_arrives_and_goes_with_its_tenant(stack, tenant):
    id, _, novu = tenant
    first, second = (f"run-{uuid.uuid4().hex[:12]}" for _ in range(2))
    large, another, small = pdf(1.5, seed=1), pdf(0.5, seed=2), pdf(0.01, seed=3)

    answer = novu.trigger(trigger_event_request_dto=event(first, **{"a.pdf": large})).result
    bulk = models.BulkTriggerEventDto(
        events=[event(second, **{"a.pdf": large, "b.pdf": another, "c.pdf": small})]
    )
    novu.trigger_bulk(bulk_trigger_event_dto=bulk)

    assert answer.status == "processed"
    assert landed(stack, first) == {"a.pdf": digest(large)}
    found = landed(stack, second)
    assert found == {"a.pdf": digest(large), "b.pdf": digest(another), "c.pdf": digest(small)}
    assert len(stored(stack, id)) == 3

    stack.admin("DELETE", f"/tenants/{id}", key=stack.operator_key)
    deadline = time.monotonic() + PATIENCE
    while stored(stack, id):
        assert time.monotonic() < deadline, "its files are still there"
        time.sleep(0.2)


def test_more_than_a_request_can_bring_is_refused_in_words(stack):
    with Novu(secret_key=stack.api_key, server_url=stack.base_url) as novu:
        large = event("never", **{"a.pdf": pdf(4.1, seed=4)})
        large.workflow_id = "order-shipped"

        with pytest.raises(models.NovuError) as refused:
            novu.trigger(trigger_event_request_dto=large)

    assert refused.value.status_code == 413
    assert "the limit is 4194304" in refused.value.body
