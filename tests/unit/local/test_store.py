import pytest

from local.outbox.store import Store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "outbox.jsonl"


@pytest.fixture
def store(path):
    return Store(path)


def arrive(store, provider="webhook", body="{}", **more):
    message = {"id": store.next_id(), "provider": provider, "path": "/x", "headers": {}} | more
    store.add(message | {"body": body})


def bodies(found):
    total, messages = found
    return total, [message["body"] for message in messages]


def test_messages_are_found_in_order_of_arrival(store):
    for text in "abc":
        arrive(store, body=text)

    assert bodies(store.find()) == (3, ["a", "b", "c"])


def test_a_limit_keeps_the_newest_and_the_total(store):
    for text in "abc":
        arrive(store, body=text)

    assert bodies(store.find(limit=2)) == (3, ["b", "c"])
    assert bodies(store.find(limit=0)) == (3, [])


def test_messages_are_filtered_by_provider_and_content(store):
    arrive(store, "slack", "order A-1")
    arrive(store, "webhook", "order A-1")
    arrive(store, "webhook", "order A-2")

    assert bodies(store.find(provider="webhook", contains="A-1")) == (1, ["order A-1"])
    assert store.counts() == {"slack": 1, "webhook": 2}


def test_mail_is_found_by_its_subject_and_html(store):
    arrive(store, "email", "text", headers={"subject": "Welcome"}, html="<b>bold</b>")

    assert store.find(contains="Welcome")[0] == 1
    assert store.find(contains="<b>")[0] == 1


def test_what_is_new_comes_after_a_known_id(store):
    arrive(store, body="a")
    known = store.last
    arrive(store, body="b")

    assert bodies(store.find(after=known)) == (1, ["b"])


def test_messages_survive_a_restart(store, path):
    arrive(store, body="byte-exact\r\n é")
    store.flush()

    again = Store(path)

    assert bodies(again.find()) == (1, ["byte-exact\r\n é"])
    assert again.last == store.last


def test_a_line_cut_short_by_a_kill_is_left_out(store, path):
    arrive(store, body="whole")
    store.flush()
    path.write_text(path.read_text() + '{"id": 2, "provi')

    assert bodies(Store(path).find()) == (1, ["whole"])


def test_ids_go_on_after_all_was_deleted(store, path):
    arrive(store)
    store.flush()
    store.clear()
    arrive(store)

    assert store.last == 2
    assert store.find()[0] == 1
    assert not path.exists()
