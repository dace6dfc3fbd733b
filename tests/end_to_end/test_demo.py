"""The demo tenant, the outbox and `make demo`, as a newcomer meets them."""

import json
import re
import subprocess
import sys
import uuid

import requests
import standardwebhooks

from local import screen
from tests.end_to_end.stacks import ROOT


def test_the_printed_command_works_when_pasted(stack):
    command = screen.curl(stack.base_url, stack.api_key).replace("A-1042", "A-pasted")

    answer = subprocess.run(["bash", "-c", command], capture_output=True, check=True, text=True)

    assert json.loads(answer.stdout)["data"]["status"] == "processed"
    landed = stack.wait_for(3, contains="A-pasted")
    assert {message["provider"] for message in landed} == {"email", "slack", "webhook"}


def test_the_screen_shows_the_command_unbroken(stack):
    assert screen.curl(stack.base_url, stack.api_key) in stack.output


def test_a_webhook_in_the_outbox_can_be_verified(stack):
    stack.trigger({"name": "order-shipped", "to": "ben", "payload": {"order": "A-signed é"}})

    [message] = stack.wait_for(1, provider="webhook", contains="A-signed")

    webhook = standardwebhooks.Webhook(stack.webhook_secret)
    verified = webhook.verify(message["body"], message["headers"])
    assert verified["data"] == {"order": "A-signed é"}


def test_a_topic_of_the_demo_tenant_reaches_everybody(stack):
    event = {
        "name": "deploy-finished",
        "to": {"type": "Topic", "topicKey": "engineering"},
        "payload": {"service": "checkout", "version": "9.9.9"},
    }

    stack.trigger(event)

    landed = stack.wait_for(3, contains="9.9.9")
    assert {message["path"] for message in landed} == {
        "/slack/T0/B0/ana",
        "/slack/T0/B0/ben",
        "/slack/T0/B0/chloe",
    }


def test_a_hundred_events_land_each_once(stack):
    done = subprocess.run(
        [sys.executable, "-m", "local.demo", "--state", stack.state],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    counts = re.findall(r"(\w+) +(\d+) landed, each once", done.stdout)
    assert counts == [("Email", "67"), ("Slack", "66"), ("Webhook", "33")]


def test_the_demo_without_a_stack_is_one_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "local.demo", "--state", tmp_path],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("No stack is running")
    assert "Traceback" not in done.stderr


def test_the_outbox_keeps_what_it_answered(stack):
    kept = f"kept-{uuid.uuid4().hex}"

    failed = stack.http.post(f"{stack.outbox_url}/webhook/status/503", kept.encode(), timeout=5)

    assert failed.status_code == 503
    assert failed.headers["retry-after"] == "1"
    [message] = stack.messages(contains=kept)
    assert (message["method"], message["body"], message["status"]) == ("POST", kept, 503)
    assert (message["provider"], message["path"]) == ("webhook", "/webhook/status/503")


def test_the_outbox_shows_its_page(stack):
    page = stack.http.get(f"{stack.outbox_url}/", timeout=5)

    assert page.headers["content-type"].startswith("text/html")
    assert "Outbox" in page.text


def test_a_web_page_elsewhere_cannot_read_the_outbox(stack):
    for path in ("/stack", "/messages"):
        answer = requests.get(
            f"{stack.outbox_url}{path}", headers={"host": "evil.example"}, timeout=5
        )

        assert answer.status_code == 404
        assert stack.api_key not in answer.text
