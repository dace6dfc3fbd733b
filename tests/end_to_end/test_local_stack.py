"""What `python -m local` promises of any stack."""

import json
import os
import shutil
import signal
import socket
import threading
import time

import pytest

from tests.end_to_end.conftest import TINY, TINY_ARGUMENTS
from tests.end_to_end.stacks import Stack


class Tiny:
    """The tiny stack's queue and table."""

    def __init__(self, stack):
        self.sqs, self.dynamodb = stack.aws("sqs"), stack.aws("dynamodb")
        queues = self.sqs.list_queues()["QueueUrls"]
        self.queue = next(url for url in queues if "DeadLetters" not in url)
        self.dead_letters = next(url for url in queues if "DeadLetters" in url)
        [self.table] = self.dynamodb.list_tables()["TableNames"]

    def send(self, id, *, group="g", **wishes):
        body = json.dumps({"id": id} | wishes)
        self.sqs.send_message(QueueUrl=self.queue, MessageBody=body, MessageGroupId=group)

    def taken(self):
        items = self.dynamodb.scan(TableName=self.table)["Items"]
        return {i["pk"]["S"]: (int(i["times"]["N"]), float(i["at"]["N"])) for i in items}

    def wait_for(self, *ids, patience=20.0):
        deadline = time.monotonic() + patience
        while not set(ids) <= self.taken().keys():
            assert time.monotonic() < deadline, f"only {sorted(self.taken())} taken"
            time.sleep(0.05)
        return self.taken()

    def wait_until_empty(self, patience=60.0):
        deadline = time.monotonic() + patience
        counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        asked = {"QueueUrl": self.queue, "AttributeNames": counts}
        while any(map(int, self.sqs.get_queue_attributes(**asked)["Attributes"].values())):
            assert time.monotonic() < deadline, "the queue does not become empty"
            time.sleep(0.1)

    def close(self):
        self.sqs.close()
        self.dynamodb.close()


@pytest.fixture
def queue(shared_tiny):
    """With nothing in it, however much the test before left: it is one for all of them."""
    opened = Tiny(shared_tiny)
    opened.wait_until_empty()
    yield opened
    opened.close()


def echo(stack, word, method="GET", **options):
    return stack.http.request(method, f"{stack.base_url}/echo/{word}", timeout=40, **options)


def test_a_request_reaches_its_function_as_an_event(shared_tiny):
    answer = echo(shared_tiny, "a%20b?q=1", "PUT", json={"x": 1}).json()

    assert answer["event"]["routeKey"] == "ANY /echo/{word}"
    assert answer["event"]["pathParameters"] == {"word": "a b"}
    assert json.loads(answer["event"]["body"]) == {"x": 1}
    assert 4000 < answer["left"] <= 5000


def test_the_gateway_answers_for_itself_as_the_real_one(shared_tiny):
    tiny = shared_tiny

    nowhere = tiny.http.get(f"{tiny.base_url}/nowhere", timeout=5)
    crashed = echo(tiny, "crash")
    too_large = echo(tiny, "x", "POST", data=b"x" * (6 * 1024 * 1024 + 1))
    late = echo(tiny, "slow")

    assert (nowhere.status_code, nowhere.json()) == (404, {"message": "Not Found"})
    assert (crashed.status_code, crashed.json()) == (500, {"message": "Internal Server Error"})
    assert (too_large.status_code, too_large.json()["message"]) == (413, "Request Entity Too Large")
    assert late.status_code == 500
    assert "api/echo" in tiny.output
    assert "RuntimeError: as asked" in tiny.output


def test_only_the_failed_message_of_a_batch_comes_again(queue):
    queue.send("fine")
    queue.send("twice", failures=1)

    taken = queue.wait_for("fine", "twice")

    assert taken["fine"][0] == 1
    assert taken["twice"][0] == 2
    assert taken["twice"][1] - taken["fine"][1] > 1  # after the visibility timeout


def test_what_fails_again_and_again_ends_in_the_dead_letter_queue(queue):
    queue.send("poison", failures=99)

    deadline = time.monotonic() + 20
    given_up = set()  # messages of other tests may be among them: the queue is theirs too
    while "poison" not in given_up and time.monotonic() < deadline:
        found = queue.sqs.receive_message(QueueUrl=queue.dead_letters, WaitTimeSeconds=1)
        given_up |= {json.loads(each["Body"])["id"] for each in found.get("Messages", [])}

    assert "poison" in given_up


def test_slow_batches_do_not_hold_up_the_next_message(queue):
    for n in range(6):
        queue.send(f"slow{n}", seconds=3, group="slow")
    time.sleep(0.3)
    sent = time.time()
    queue.send("quick", group="other")

    taken = queue.wait_for("quick", patience=2.5)

    assert taken["quick"][1] - sent < 1


def test_a_quiet_group_overtakes_a_flood(queue):
    for n in range(150):
        queue.send(f"flood{n}", seconds=0.2, group="flood")
    queue.send("quiet", group="calm")

    queue.wait_for("quiet", patience=10)

    flood = [id for id in queue.taken() if id.startswith("flood")]
    assert len(flood) < 150, "the flood was over before it"


def test_the_outbox_can_be_emptied_and_fills_again(shared_tiny):
    """Here, where nobody else looks into the outbox."""
    tiny = shared_tiny
    post(tiny, "before")
    mail(tiny, "before")
    tiny.wait_for(2, contains="before")

    answer = tiny.http.delete(f"{tiny.outbox_url}/messages", timeout=5)

    assert answer.status_code == 204
    assert tiny.messages() == []
    post(tiny, "after")
    mail(tiny, "after")
    assert {m["provider"] for m in tiny.wait_for(2)} == {"email", "webhook"}


def post(stack, words):
    stack.http.post(f"{stack.outbox_url}/webhook/a", data=words.encode(), timeout=5)


def mail(stack, words):
    sender = stack.aws("sesv2")
    sender.send_email(
        FromEmailAddress="hello@carillon.example",
        Destination={"ToAddresses": ["ana@carillon.example"]},
        Content={"Simple": {"Subject": {"Data": words}, "Body": {"Text": {"Data": words}}}},
    )
    sender.close()


def test_state_survives_a_stop_and_a_start(tiny):
    tiny.start()
    before = tiny.described
    first = Tiny(tiny)
    first.send("kept")
    first.wait_for("kept")
    tiny.http.post(f"{tiny.outbox_url}/webhook/a", data=b"kept", timeout=5)
    first.close()

    assert tiny.stop() == 0
    assert not (tiny.state / "stack.json").exists()
    seconds = tiny.start()
    again = Tiny(tiny)

    assert set(again.taken()) == {"kept"}
    assert tiny.described["operator_key"] == before["operator_key"]
    assert [message["body"] for message in tiny.messages()] == ["kept"]
    assert seconds < 10
    again.send("new")
    again.wait_for("new")
    again.close()


def test_a_kill_loses_little(tiny):
    tiny.start()
    first = Tiny(tiny)
    first.send("kept")
    first.wait_for("kept")
    first.close()
    time.sleep(3)

    tiny.stop(signal.SIGKILL)
    tiny.start()
    again = Tiny(tiny)

    assert set(again.taken()) == {"kept"}
    again.close()


def test_dead_functions_are_started_again(shared_tiny):
    tiny = shared_tiny
    assert echo(tiny, "x").ok
    first, restarts = tiny.functions_pid, tiny.output.count("starting it again")

    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while tiny.functions_pid == first and time.monotonic() < deadline:
        time.sleep(0.05)

    assert echo(tiny, "x").ok
    assert tiny.output.count("starting it again") == restarts + 1


def test_requests_wait_while_the_functions_restart(shared_tiny):
    tiny = shared_tiny
    statuses = []

    def ask():
        statuses.extend(echo(tiny, "x").status_code for _ in range(50))

    asking = threading.Thread(target=ask)
    asking.start()
    os.kill(tiny.functions_pid, signal.SIGTERM)
    asking.join(30)

    assert statuses == [200] * 50


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_in_one_sentence(tiny, number):
    tiny.start()

    assert tiny.stop(number) == 0
    assert tiny.output.rstrip().splitlines()[-1].startswith("Stopped; the state is kept in ")
    assert "Traceback" not in tiny.output


def test_an_interrupt_while_starting_ends_cleanly(tiny):
    process = tiny.launch()
    while not (tiny.state / "emulator.log").exists():  # the first of its parts is starting
        assert process.poll() is None, tiny.output
        time.sleep(0.01)

    assert tiny.stop(signal.SIGINT) == 0
    assert "Traceback" not in tiny.output


@pytest.mark.parametrize("variable", ["PORT", "OUTBOX_PORT"])
def test_a_taken_port_ends_in_one_sentence(tiny, variable):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        tiny.environment[variable] = port

        assert tiny.launch().wait(20) == 1

    assert tiny.output.count("\n") == 1
    assert tiny.output.startswith(f"Port {port} is in use")


def test_two_stacks_on_one_state_end_in_one_sentence(shared_tiny):
    tiny = shared_tiny
    second = Stack(tiny.state / "second", ("--no-demo", "--state", str(tiny.state)))

    assert second.launch().wait(20) == 1
    assert second.output.startswith("Another stack uses")
    assert (tiny.state / "stack.json").exists()
    second.http.close()


def test_a_template_that_cannot_be_deployed_ends_in_one_sentence(tiny, tmp_path):
    broken = tmp_path / "template.yaml"
    broken.write_text("Resources: {Queue: {Type: AWS::SQS::NoSuchThing}}")
    tiny.arguments = ("--no-demo", "--template", str(broken))

    assert tiny.launch().wait(40) == 1
    assert tiny.output.startswith("The template cannot be deployed: ")
    assert "Traceback" not in tiny.output


def test_a_changed_function_is_reloaded(tiny, tmp_path):
    shutil.copytree(TINY.parent, tmp_path / "source")
    arguments = list(TINY_ARGUMENTS)
    arguments.remove("--no-reload")
    arguments[arguments.index(str(TINY))] = str(tmp_path / "source" / "template.yaml")
    tiny.arguments = tuple(arguments)
    tiny.start()
    code = tmp_path / "source" / "functions" / "api" / "echo" / "app.py"
    assert echo(tiny, "x").status_code == 200
    time.sleep(0.5)  # watching starts with readiness

    code.write_text(code.read_text().replace('"statusCode": 200', '"statusCode": 418'))
    deadline = time.monotonic() + 15
    while (status := echo(tiny, "x").status_code) == 200 and time.monotonic() < deadline:
        time.sleep(0.1)

    assert status == 418
    assert "Changed: app.py; restarting the functions." in tiny.output
