"""Event types, templates, integrations and contexts, in memory and in DynamoDB."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from carillon.domain.audience.contexts import Context
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Changed, Conflict, Invalid, NotFound
from carillon.domain.base.guards import Guarded
from carillon.domain.catalogue.applications import Application
from carillon.domain.catalogue.templates import Template
from carillon.domain.integrations.integrations import Circuit
from carillon.ports import Ports
from tests import fakes
from tests.builders import NOW, event_type, integration, template
from tests.integration.adapters.walking import walk

APPLICATION = "default/default"
SCHEMA = {"type": "object", "required": ["n"], "properties": {"n": {"type": "number", "min": 1.5}}}


def application(path: str, **fields: Any) -> Application:
    known: dict[str, Any] = {"name": path, "created_at": NOW, "updated_at": NOW}
    return Application(path=path, **(known | fields))


def context(identifier: str) -> Context:
    return Context(
        identifier=identifier,
        name="Zürich",
        data={"nested": [1, 2.5, None, {"a": "b"}]},
        created_at=fakes.START,
        updated_at=fakes.START,
    )


def add(world: Ports, tenant: str, application: Application) -> None:
    seen = world.guards.see(tenant, Guarded.CATALOGUE)
    world.applications.add(tenant, application, seen=seen)


def remove(world: Ports, tenant: str, path: str) -> None:
    seen = world.guards.see(tenant, Guarded.CATALOGUE)
    world.applications.remove(tenant, path, seen=seen)


def write(
    world: Ports, tenant: str, *templates: Template, removed: Sequence[Template] = ()
) -> None:
    """Write and remove templates with the next versions of their event types."""
    for each in (*templates, *removed):
        known = world.event_types.get_many(tenant, each.application, [each.event])
        before = known[each.event].version if known else None
        event = event_type(each.event, application=each.application, version=(before or 0) + 1)
        saved = {"removed": [each]} if each in removed else {"templates": [each]}
        world.event_types.save(tenant, event, expected=before, **saved)


def test_an_event_type_is_what_was_saved(world: Ports, tenant: str):
    event = event_type(
        "a", input_schema=SCHEMA, media={Channel.EMAIL: True, Channel.CHAT: False}, locked=True
    )

    world.event_types.save(tenant, event, expected=None)

    assert world.event_types.get(tenant, APPLICATION, "a") == event


def test_event_types_are_found_together_by_slug(world: Ports, tenant: str, other: str):
    one, two = event_type("one"), event_type("two")
    world.event_types.save(tenant, one, expected=None)
    world.event_types.save(tenant, two, expected=None)
    slugs = ["two", "one", "three", "one"]

    assert world.event_types.get_many(tenant, APPLICATION, slugs) == {"one": one, "two": two}
    assert world.event_types.get_many(other, APPLICATION, slugs) == {}
    assert world.event_types.get_many(tenant, "shop/orders", slugs) == {}
    assert world.event_types.get_many(tenant, APPLICATION, []) == {}


def test_an_application_is_what_was_saved(world: Ports, tenant: str, other: str):
    orders = application("shop/orders", description="Zürich", locked=True)
    add(world, tenant, orders)

    assert world.applications.get(tenant, "shop/orders") == orders
    with pytest.raises(Conflict):
        add(world, tenant, orders)
    for absent in [(other, "shop/orders"), (tenant, "shop"), (tenant, "shop/order")]:
        with pytest.raises(NotFound):
            world.applications.get(*absent)
        with pytest.raises(NotFound):
            remove(world, *absent)


def test_an_application_is_changed_and_removed(world: Ports, tenant: str):
    add(world, tenant, application("shop"))
    world.applications.save(tenant, application("shop", name="The shop", paused=True, version=2))

    assert world.applications.get(tenant, "shop").name == "The shop"
    remove(world, tenant, "shop")
    with pytest.raises(NotFound):
        world.applications.get(tenant, "shop")


def test_applications_are_listed_in_order_page_by_page(world: Ports, tenant: str, other: str):
    paths = ["shop/orders", "shop", "news/mail", "shop/cart", "news"]
    for path in paths:
        add(world, tenant, application(path))

    found = walk(partial(world.applications.list, tenant), 2)

    assert [each.path for each in found] == sorted(paths)
    assert not world.applications.list(other, None, 10).items


@pytest.mark.parametrize("path", ["shop", "shop/orders"])
def test_an_application_and_its_project_switch_their_event_types(
    world: Ports, tenant: str, path: str
):
    own, elsewhere = (event_type("a", application=app) for app in ("shop/orders", "shops/orders"))
    for event in (own, elsewhere):
        world.event_types.save(tenant, event, expected=None)
    add(world, tenant, application(path, active=False, locked=True, paused=True))

    [found] = world.event_types.get_many(tenant, "shop/orders", ["a"]).values()

    assert (found.active, found.locked, found.paused) == (False, True, True)
    assert world.event_types.get(tenant, "shop/orders", "a") == own
    assert world.event_types.get_many(tenant, "shops/orders", ["a"]) == {"a": elsewhere}


def test_more_event_types_than_one_read_holds_are_found(world: Ports, tenant: str):
    slugs = [f"e{n}" for n in range(120)]
    for slug in slugs:
        world.event_types.save(tenant, event_type(slug), expected=None)

    assert set(world.event_types.get_many(tenant, APPLICATION, slugs)) == set(slugs)


@pytest.mark.parametrize(("stored", "expected"), [(None, 1), (1, None), (2, 1), (1, 2)])
def test_an_event_type_is_saved_only_over_the_version_expected(
    world: Ports, tenant: str, stored: int | None, expected: int | None
):
    before = event_type("a", version=stored) if stored else None
    if before:
        world.event_types.save(tenant, before, expected=None)

    with pytest.raises(Conflict if expected is None else Changed):
        world.event_types.save(tenant, event_type("a", version=9), expected=expected)

    assert world.event_types.get_many(tenant, APPLICATION, ["a"]).get("a") == before


def test_an_event_type_is_saved_over_the_version_expected(world: Ports, tenant: str):
    world.event_types.save(tenant, event_type("a"), expected=None)

    world.event_types.save(tenant, event_type("a", version=2, active=False), expected=1)

    assert world.event_types.get(tenant, APPLICATION, "a").version == 2


def test_a_removed_event_type_is_gone(world: Ports, tenant: str, other: str):
    world.event_types.save(tenant, event_type("a"), expected=None)

    with pytest.raises(NotFound):
        world.event_types.remove(other, APPLICATION, "a")
    world.event_types.remove(tenant, APPLICATION, "a")

    with pytest.raises(NotFound):
        world.event_types.get(tenant, APPLICATION, "a")
    with pytest.raises(NotFound):
        world.event_types.remove(tenant, APPLICATION, "a")


def test_pages_of_event_types_hold_each_of_the_application_once(
    world: Ports, tenant: str, other: str
):
    for slug in "abcde":
        world.event_types.save(tenant, event_type(slug), expected=None)
    world.event_types.save(tenant, event_type("x", application="default/defaults"), expected=None)
    world.event_types.save(other, event_type("y"), expected=None)

    listed = walk(lambda c, n: world.event_types.list(tenant, APPLICATION, c, n), 2)

    assert [event.slug for event in listed] == list("abcde")


def test_a_cursor_of_another_application_is_invalid(world: Ports, tenant: str):
    for slug in "abc":
        world.event_types.save(tenant, event_type(slug), expected=None)
    cursor = world.event_types.list(tenant, APPLICATION, None, 1).cursor

    with pytest.raises(Invalid):
        world.event_types.list(tenant, "shop/orders", cursor, 1)


def test_an_application_named_like_a_key_reaches_no_other(world: Ports, tenant: str):
    world.event_types.save(tenant, event_type("c", application="a/b"), expected=None)

    assert world.event_types.get_many(tenant, "a", ["b#c", "/b#c"]) == {}
    assert world.event_types.list(tenant, "a/b#c", None, 10).items == []


def test_an_event_types_templates_are_found_and_no_others(world: Ports, tenant: str, other: str):
    email, chat = template("a"), template("a", Channel.CHAT, locale="de", html="<b>ü</b>")
    for each in (email, chat, template("ab"), template("a", application="shop/orders")):
        write(world, tenant, each)
    write(world, other, template("a", body="other"))

    found = world.templates.for_event(tenant, event_type("a"))

    assert {t.medium: t for t in found} == {Channel.EMAIL: email, Channel.CHAT: chat}
    assert len(found) == 2


def test_a_template_is_replaced_and_removed(world: Ports, tenant: str):
    old, new = template("a", body="old"), template("a", body="new")
    write(world, tenant, old)

    write(world, tenant, new)

    assert world.templates.for_event(tenant, event_type("a")) == [new]
    write(world, tenant, removed=[old])
    assert world.templates.for_event(tenant, event_type("a")) == []


def test_templates_of_all_an_applications_event_types_are_found(
    world: Ports, tenant: str, other: str
):
    plain = template("a", Channel.CHAT)
    slack = template("a", Channel.CHAT, provider="slack", native={"blocks": [{"n": 1}]})
    custom = template("b", custom=True, original={"subject": "$x"})
    for each in (plain, slack, custom, template("a", application="shop/orders")):
        write(world, tenant, each)
    write(world, other, template("a"))

    found = world.templates.of_application(tenant, APPLICATION)

    assert {t.place: t for t in found} == {t.place: t for t in (plain, slack, custom)}
    assert len(world.templates.for_event(tenant, event_type("a"))) == 2
    write(world, tenant, removed=[slack])
    assert len(world.templates.of_application(tenant, APPLICATION)) == 2


def test_integrations_are_the_tenants_own(world: Ports, tenant: str, other: str):
    one, two = integration(id="1"), integration("slack", Channel.CHAT, id="2", active=False)
    world.integrations.save(tenant, two)
    world.integrations.save(tenant, one)

    assert world.integrations.all(tenant) == [one, two]
    assert world.integrations.get(tenant, "2") == two
    assert world.integrations.all(other) == []
    with pytest.raises(NotFound):
        world.integrations.get(other, "1")


def test_a_circuit_opens_moves_and_closes_for_who_knows_its_state(world: Ports, tenant: str):
    plain = integration(id="1")
    world.integrations.save(tenant, plain)
    opened = Circuit(
        since=NOW, failures=3, opened_at=NOW, probe_at=NOW, code="token_revoked", http_status=401
    )
    moved = replace(opened, probe_at=NOW + timedelta(minutes=1))

    assert world.integrations.switch(tenant, plain, opened)
    assert not world.integrations.switch(tenant, plain, moved)
    assert world.integrations.get(tenant, "1") == replace(plain, circuit=opened)
    assert world.integrations.switch(tenant, replace(plain, circuit=opened), moved)
    assert [one.circuit for one in world.integrations.all(tenant)] == [moved]
    assert not world.integrations.switch(tenant, replace(plain, circuit=opened), None)
    assert world.integrations.switch(tenant, replace(plain, circuit=moved), None)
    assert world.integrations.get(tenant, "1") == plain


def test_a_change_closes_the_circuit_and_leaves_it_to_who_knows_of_the_change(
    world: Ports, tenant: str, other: str
):
    old, new = integration(id="1"), integration(id="1", version=2)
    opened = Circuit(since=NOW, failures=3, opened_at=NOW, probe_at=NOW, code="token_revoked")
    world.integrations.save(tenant, old)
    world.integrations.switch(tenant, old, opened)

    world.integrations.save(tenant, replace(new, circuit=opened))

    assert world.integrations.get(tenant, "1").circuit is None
    assert not world.integrations.switch(tenant, old, opened)
    assert not world.integrations.switch(other, new, opened)
    world.integrations.remove(tenant, "1")
    assert not world.integrations.switch(tenant, new, opened)
    assert world.integrations.all(tenant) == []


def test_an_integration_is_replaced_and_removed(world: Ports, tenant: str, other: str):
    world.integrations.save(tenant, integration(id="1"))
    changed = integration(id="1", name="changed", version=2, primary=True)

    world.integrations.save(tenant, changed)

    assert world.integrations.all(tenant) == [changed]
    with pytest.raises(NotFound):
        world.integrations.remove(other, "1")
    world.integrations.remove(tenant, "1")
    with pytest.raises(NotFound):
        world.integrations.get(tenant, "1")
    with pytest.raises(NotFound):
        world.integrations.remove(tenant, "1")


def test_a_contexts_identifier_is_taken_once(world: Ports, tenant: str, other: str):
    world.contexts.add(tenant, context("a"))

    with pytest.raises(Conflict):
        world.contexts.add(tenant, replace(context("a"), name="late"))

    world.contexts.add(other, context("a"))
    assert world.contexts.get_many(tenant, ["a"]) == {"a": context("a")}


def test_contexts_are_the_tenants_own(world: Ports, tenant: str, other: str):
    world.contexts.save(tenant, context("a"))
    world.contexts.save(tenant, context("b"))

    found = world.contexts.get_many(tenant, ["a", "b", "c", "a"])

    assert found == {"a": context("a"), "b": context("b")}
    assert world.contexts.get_many(other, ["a"]) == {}
    assert world.contexts.get_many(tenant, []) == {}


def test_a_context_is_replaced_and_removed(world: Ports, tenant: str, other: str):
    world.contexts.save(tenant, context("a"))
    changed = replace(context("a"), data=None, version=2)

    world.contexts.save(tenant, changed)

    assert world.contexts.get_many(tenant, ["a"]) == {"a": changed}
    with pytest.raises(NotFound):
        world.contexts.remove(other, "a")
    world.contexts.remove(tenant, "a")
    with pytest.raises(NotFound):
        world.contexts.remove(tenant, "a")


def test_pages_of_contexts_hold_each_once(world: Ports, tenant: str):
    for identifier in ("a", "a#b", "ä", "z/y", "%"):
        world.contexts.save(tenant, context(identifier))

    listed = walk(lambda c, n: world.contexts.list(tenant, c, n), 2)

    assert [c.identifier for c in listed] == ["%", "a", "a#b", "z/y", "ä"]
