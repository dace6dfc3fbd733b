"""Narrowing: what a caller's options leave of an event's audience."""

from dataclasses import replace

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.intake.narrowing import RecipientFilter, Rule
from carillon.domain.subscriptions.subscriptions import Target
from tests import builders as a

ANA = a.subscriber(
    "ana", email="Ana@example.com", first_name="Ana", data={"city": "Rome", "age": 40}
)


def rule(field, operator, value):
    return Rule(field=tuple(field.split(".")), operator=operator, value=value)


def test_what_is_empty_narrows_nothing():
    nothing = RecipientFilter()

    assert nothing.wants({})
    assert nothing.wants({"email": "x@example.com"})
    assert nothing.takes(a.integration())
    assert nothing.hears(a.subscription(Target.TOPIC, "all"))
    assert nothing.admits(ANA)


def test_an_address_is_wanted_however_it_is_capitalized():
    narrowing = RecipientFilter(addresses=("ANA@example.com",))

    assert narrowing.wants({"email": "ana@EXAMPLE.com"})
    assert not narrowing.wants({"email": "ben@example.com"})
    assert not narrowing.wants({})


@pytest.mark.parametrize("name", ["int_slack", "team-chat", "Team chat", "chat"])
def test_an_integration_is_taken_by_each_of_its_names_and_its_medium(name):
    slack = a.integration("slack", Channel.CHAT, identifier="team-chat", name="Team chat")

    assert RecipientFilter(channels=(name,)).takes(slack)
    assert not RecipientFilter(channels=(name,)).takes(a.integration())


def test_a_subscription_hears_of_its_environments_alone():
    plain = a.subscription(Target.TOPIC, "all")
    staging = replace(plain, environments=("staging", "test"))

    assert RecipientFilter(environments=("test",)).hears(staging)
    assert not RecipientFilter(environments=("production",)).hears(staging)
    assert not RecipientFilter(environments=("production",)).hears(plain)


def test_a_key_narrows_to_its_own_environments():
    assert RecipientFilter().within(()).environments == ()
    assert RecipientFilter().within(("test",)).environments == ("test",)
    assert RecipientFilter(environments=("a", "b")).within(("b", "c")).environments == ("b",)
    with pytest.raises(Invalid):
        RecipientFilter(environments=("a",)).within(("b",))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (("id", "exact", "ana"), True),
        (("email", "iexact", "ana@EXAMPLE.com"), True),
        (("email", "exact", "ana@EXAMPLE.com"), False),
        (("email", "contains", "example"), True),
        (("email", "icontains", "EXAMPLE"), True),
        (("email", "startswith", "Ana"), True),
        (("email", "istartswith", "ana"), True),
        (("email", "endswith", ".org"), False),
        (("email", "iendswith", ".COM"), True),
        (("data.city", "in", ["Rome", "Oslo"]), True),
        (("data.city", "in", "Rome"), False),
        (("data.age", "gt", 40), False),
        (("data.age", "gte", 40), True),
        (("data.age", "lt", 41.5), True),
        (("data.age", "lte", "50"), False),
        (("data.nothing", "isnull", True), True),
        (("data.city", "isnull", True), False),
        (("data.city.deeper", "exact", "Rome"), False),
        (("phone", "contains", ""), False),
        (("locked", "exact", False), True),
    ],
)
def test_a_rule_holds_or_does_not(condition, holds):
    assert rule(*condition).holds(ANA) is holds


def test_groups_hold_together_and_their_alternatives_singly():
    rome = (rule("data.city", "exact", "Rome"),)
    oslo = (rule("data.city", "exact", "Oslo"),)
    young = (rule("data.age", "lt", 30),)

    assert RecipientFilter(include=((rome, oslo),)).admits(ANA)
    assert not RecipientFilter(include=((rome,), (young,))).admits(ANA)
    assert not RecipientFilter(exclude=((rome, oslo),)).admits(ANA)
    assert RecipientFilter(include=((rome,),), exclude=((young,),)).admits(ANA)
