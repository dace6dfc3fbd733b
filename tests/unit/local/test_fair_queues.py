from local import fair_queues

NOW = 1000.0


def message(id, group=None, *, visible_at=0.0, received=0):
    return {"id": id, "group_id": group, "visible_at": visible_at, "receive_count": received}


def ids(messages):
    return [m["id"] for m in messages]


def test_the_only_group_is_served_in_order():
    messages = [message(n, "a") for n in range(5)]

    assert ids(fair_queues.pick(messages, 3, NOW)) == [0, 1, 2]


def test_a_quiet_group_comes_before_one_with_messages_in_flight():
    busy = [message(f"f{n}", "flood", visible_at=NOW + 60, received=1) for n in range(10)]
    waiting = [message(f"w{n}", "flood") for n in range(100)]

    picked = fair_queues.pick([*busy, *waiting, message("quiet", "calm")], 2, NOW)

    assert ids(picked) == ["quiet", "w0"]


def test_groups_that_are_equally_busy_take_turns_oldest_first():
    messages = [message("a1", "a"), message("a2", "a"), message("b1", "b"), message("a3", "a")]

    assert ids(fair_queues.pick(messages, 4, NOW)) == ["a1", "b1", "a2", "a3"]


def test_a_message_without_a_group_is_a_group_of_its_own():
    busy = [message("f1", "flood", visible_at=NOW + 60, received=1)]

    picked = fair_queues.pick([*busy, message("w1", "flood"), message("n1"), message("n2")], 3, NOW)

    assert ids(picked) == ["n1", "n2", "w1"]


def test_a_delayed_message_is_neither_picked_nor_in_flight():
    delayed = [message(f"d{n}", "patient", visible_at=NOW + 60) for n in range(3)]

    picked = fair_queues.pick([*delayed, message("p", "patient"), message("o", "other")], 5, NOW)

    assert ids(picked) == ["p", "o"]


def test_a_message_is_visible_again_when_its_time_has_come():
    messages = [message("back", "a", visible_at=NOW, received=1), message("never", "a")]

    assert ids(fair_queues.pick(messages, 10, NOW)) == ["back", "never"]
