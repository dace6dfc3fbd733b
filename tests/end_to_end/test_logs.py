"""What the stacks log is read for secrets when the run ends (`conftest.py`); this is how."""

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
    before = stack.output.count("INFO refused")

    stack.trigger({"name": canaries.TEXT, "to": "ana"}, key="car_nonsense")

    assert stack.output.count("INFO refused") == before + 1
