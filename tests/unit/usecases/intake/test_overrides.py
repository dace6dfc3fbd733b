"""Checking overrides: each is applied, or named in the refusal."""

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.intake.overrides import NO_OVERRIDES, Override, Overrides
from carillon.usecases.intake.overrides import resolve
from tests import builders as a


def resolved(*given, ports=None, event=None):
    ports = ports or a.world()
    return resolve(given, event or a.event_type(), None, ports=ports.of(a.TENANT))


def channel(values, channel=Channel.EMAIL, **how):
    return Override(place=str(channel), channel=channel, values=values, **how)


def test_without_overrides_nothing_is_read():
    assert resolve((), a.event_type(), None, ports=None) is NO_OVERRIDES


def test_overrides_of_a_provider_get_its_own_names():
    given = Override(place="slack", provider="slack", values={"iconEmoji": ":bell:"})

    assert resolved(given) == Overrides(providers={"slack": {"icon_emoji": ":bell:"}})


def test_all_that_is_wrong_is_told_at_once():
    given = [
        Override(place="slack", provider="slack", values={"nonsense": 1, "text": 2}),
        Override(place="quack", provider="quack", values={"a": 1}),
        channel({"cc": "nobody", "unknown": 1}),
    ]

    with pytest.raises(Invalid) as refused:
        resolved(*given)

    places = {problem.within for problem in refused.value.problems}
    assert places == {"slack.nonsense", "slack.text", "quack", "email.cc.0"}


def test_a_channel_that_nothing_is_sent_by_has_nothing_to_check_by():
    given = channel({"whatever": 1}, Channel.SMS)

    assert resolved(given).of_channel(Channel.SMS) == {"whatever": 1}


def test_a_step_is_named_by_its_title_or_by_its_id():
    ports = a.world()
    ports.templates.put(a.TENANT, a.template(name="Welcome mail"))

    for step in ("welcome-mail", "welcome:email"):
        given = Override(place="s", provider="ses", values={"subject": "A"}, step=step)
        assert resolved(given, ports=ports).of_provider("ses") == {"subject": "A"}


def test_the_integration_in_use_decides_whom_a_mail_may_come_from():
    ports = a.world()
    ports.integrations.put(a.TENANT, a.integration("smtp"))
    said = {"from": "other@carillon.example"}

    assert resolved(channel(said, integration="smtp"), ports=ports)
    with pytest.raises(Invalid, match="sender"):
        resolved(channel(said), ports=ports)
