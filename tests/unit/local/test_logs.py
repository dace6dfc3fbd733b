import io
import json

import pytest

from local.logs import Console


@pytest.fixture
def out():
    return io.StringIO()


def lines(out):
    return [line[9:] for line in out.getvalue().splitlines()]


def test_a_line_begins_with_its_function(out):
    console = Console(out)

    with console.of("novu/trigger"):
        console.write("hello\n")

    assert lines(out) == [f"{'novu/trigger':<24} hello"]


def test_a_json_record_becomes_a_short_line(out):
    record = {
        "level": "WARNING",
        "message": "slow",
        "timestamp": "2026-11-20",
        "service": "carillon",
        "tenant": "demo",
        "count": 3,
    }

    Console(out).write(json.dumps(record) + "\n")

    assert lines(out) == [f"{'-':<24} WARNING slow tenant=demo count=3"]


def test_what_only_aws_needs_is_left_out(out):
    record = {"level": "INFO", "message": "answered", "function": "F", "_aws": {}, "sent": 2}

    Console(out).write(json.dumps(record) + "\n")

    assert lines(out) == [f"{'-':<24} INFO answered sent=2"]


def test_an_exception_keeps_its_traceback(out):
    record = {"level": "ERROR", "message": "failed", "exception": "Traceback\n  boom"}

    Console(out).write(json.dumps(record) + "\n")

    assert out.getvalue().endswith("ERROR failed\nTraceback\n  boom\n")


def test_a_line_may_come_in_parts(out):
    console = Console(out)

    console.write("one ")
    console.write("line\nanother\n")

    assert [line.split()[1:] for line in lines(out)] == [["one", "line"], ["another"]]
