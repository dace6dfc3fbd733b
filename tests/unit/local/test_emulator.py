import pytest

from local import aws
from local.emulator import Saving


@pytest.fixture
def written():
    return []


@pytest.fixture
def saving(written):
    return Saving(lambda states: written.append([(n, state()) for n, state in states.items()]))


def test_queues_are_read_first_and_written_last(saving, written):
    read = []

    def state(name):
        return lambda: read.append(name) or f"{name}'s"

    saved = saving.save({name: state(name) for name in ("dynamodb", "sqs", "ses")})

    assert saved
    assert read == ["sqs", "dynamodb", "ses"]
    assert written == [[("dynamodb", "dynamodb's"), ("ses", "ses's"), ("sqs", "sqs's")]]


def test_nothing_is_written_when_something_changes_meanwhile(saving, written):
    def changing():
        raise RuntimeError("dictionary changed size during iteration")

    assert not saving.save({"sqs": dict, "dynamodb": changing})
    assert written == []


def test_state_is_due_once_it_has_been_idle(saving):
    saving.touch()
    now = saving._touched

    assert not saving.due(now + 1)
    assert saving.due(now + 2)


def test_state_under_load_is_due_after_a_minute(saving):
    now = saving._saved + 61
    saving._touched = now

    assert saving.due(now)


def test_saved_state_is_not_due_again(saving):
    saving.touch()
    saving.save({})

    assert not saving.due(saving._saved + 1000)


def test_the_emulator_listens_on_loopback_only(tmp_path):
    chosen = aws.emulator_settings("127.0.0.1", 4566, tmp_path, "token")

    assert chosen["BIND_HOST"] == "127.0.0.1"
    assert chosen["IOT_MTLS_ENABLED"] == chosen["SFTP_ENABLED"] == "0"
