"""What the stacks log is read for secrets when the run ends (`conftest.py`); this is how."""

import re
import time
import uuid
from collections import Counter

import pytest

from local import screen
from tests import canaries
from tests.end_to_end.stacks import Stack


@pytest.fixture
def written(tmp_path):
    """A stack that never ran, with logs as given."""
    stack = Stack(tmp_path)

    def write(**logs):
        for name, text in logs.items():
            (tmp_path / f"{name}.log").write_text(text)
        return stack.leaks()

    yield write
    stack.http.close()


@pytest.mark.parametrize("log", ["output", "outbox", "emulator"])
def test_a_secret_in_any_log_is_found_and_shown_masked(written, log):
    [leak] = written(**{log: f"started\n12:00:00 workers/deliver to {canaries.EMAIL}\n"})

    assert leak.endswith(f"{log}.log: 12:00:00 workers/deliver to ana.***@example.com")


def test_logs_without_a_secret_are_clean(written):
    assert written(output="12:00:00 workers/deliver INFO unfinished message_id=m1\n") == []


def test_the_key_on_the_screen_is_for_who_started_the_stack(tmp_path):
    stack = Stack(tmp_path, known={"car_id_1"})
    shown = f"API  x\nDemo key   car_id_1\n{screen.curl('http://x', 'car_id_1')}\n"
    (tmp_path / "output.log").write_text(shown)

    assert stack.leaks() == []
    stack.http.close()


def test_a_key_that_the_stack_made_is_a_secret_in_its_log(stack, tmp_path):
    other = Stack(tmp_path, known=stack.known)
    (tmp_path / "output.log").write_text(f"refused {stack.api_key}\nas {stack.operator_key}\n")

    first, second = other.leaks()

    assert stack.described["tenant"]["key_secret"] not in first
    assert second.endswith("as ***")
    other.http.close()


def test_what_is_read_is_where_the_functions_log(stack):
    path = "/notifications/v1/integrations"  # an API that tells a request's id
    answer = stack.http.get(stack.base_url + path, auth=("nobody", canaries.TEXT), timeout=30)

    own = f" request_id={answer.headers['x-request-id']} "
    [line] = [line for line in stack.output.splitlines() if own in line]
    assert " INFO refused " in line


@pytest.fixture
def tenants(stack):
    """Two that hear the same kind of event at a webhook; the first one's refuses all it gets."""
    return {name: _tenant(stack, name, path) for name, path in _WEBHOOKS.items()}


_WEBHOOKS = {f"bad-{uuid.uuid4().hex[:8]}": "status/400", f"good-{uuid.uuid4().hex[:8]}": "ok"}
_SET_UP = {  # the calls that `_tenant` makes with the tenant's key
    "POST /admin/v1/integrations": 1,
    "POST /admin/v1/event-types": 1,
    "PUT /admin/v1/event-types/{event_type}/templates": 1,
    "POST /admin/v1/subscriptions": 1,
}


def _tenant(stack, name, path):
    made = stack.admin("POST", "/tenants", {"id": name, "name": name}, key=stack.operator_key)
    key = made["key"]["api_key"]
    url = f"{stack.outbox_url}/webhook/{path}?token={canaries.MARK}"
    hook = {"provider": "webhook", "settings": {"url": url, "secret": canaries.WEBHOOK_SECRET}}
    id = stack.admin("POST", "/integrations", hook, key=key)["id"]
    stack.admin("POST", "/event-types", {"slug": "tick", "name": "Tick"}, key=key)
    unused = {"medium": "email", "subject": "x", "body": "x"}
    stack.admin("PUT", "/event-types/tick/templates", unused, key=key)
    target = {"event_type": "tick", "target": {"integration": id}}
    stack.admin("POST", "/subscriptions", target, key=key)
    return key


def _lines_of(stack, tenant):
    """A log search: the lines that say that they are the tenant's."""
    return [line for line in stack.output.splitlines() if f" tenant={tenant} " in line]


def _said(lines, field):
    found = (re.search(rf" {field}=(.*?)( \w+=|$)", line) for line in lines)
    return Counter(match[1] for match in found if match)


def _ended(stack, tenant):
    """The lines of its chunk, once that is delivered or given up."""
    deadline = time.monotonic() + 30
    while not (ended := [line for line in _lines_of(stack, tenant) if " kind=chunk" in line]):
        assert time.monotonic() < deadline, stack.output
        time.sleep(0.1)
    return ended


def test_a_search_for_a_tenant_finds_its_calls_refusals_and_failures_and_nobody_elses(
    stack, tenants
):
    to = {"subscriberId": canaries.EMAIL, "email": canaries.EMAIL, "phone": canaries.PHONE}
    tick = {"name": "tick", "to": to, "payload": {"text": canaries.TEXT}}
    for key in tenants.values():
        assert stack.trigger(tick, tick | {"name": "no-such"}, key=key).status_code == 201
        assert stack.trigger(*[tick] * 101, key=key).status_code in {400, 422}
        path = f"/v2/subscribers/un.{canaries.EMAIL}"
        headers = {"authorization": f"ApiKey {key}"}
        assert stack.http.get(stack.base_url + path, headers=headers).status_code == 404

    bad, good = tenants
    [failed], [sent] = _ended(stack, bad), _ended(stack, good)
    assert ' outcomes={"retrying http_400": 1} ' in failed
    assert ' outcomes={"sent": 1} ' in sent
    for tenant in tenants:
        lines = _lines_of(stack, tenant)
        assert _said(lines, "route") == {
            **_SET_UP,
            "POST /v1/events/trigger/bulk": 2,
            "GET /v2/subscribers/{subscriberId}": 1,
        }
        refused = [line for line in lines if " INFO refused " in line]
        assert _said(refused, "status").total() == 2
        assert _said(refused, "error")["NotFound"] == 1
        assert _said(lines, "refused_events") == {'{"NotFound": 1}': 1}
        kinds = _said(lines, "kind")
        del kinds["retry"]  # it may have been tried again by now
        assert kinds == {"job": 1, "chunk": 1}
        assert not [line for line in lines if canaries.found(line)]
    assert not canaries.found(stack.output)
