"""What a tenant spends of the installation's account, counted without going over the limit."""

MONTH = "2026-11"


def test_parts_are_counted_up_to_the_limit(world, tenant):
    taken = [world.spending.take(tenant, MONTH, parts, most=10) for parts in (4, 5, 2, 1, 1)]

    assert taken == [True, True, False, True, False]


def test_a_month_and_a_tenant_have_counts_of_their_own(world, tenant, other):
    assert world.spending.take(tenant, MONTH, 1, most=1)

    assert not world.spending.take(tenant, MONTH, 1, most=1)
    assert world.spending.take(tenant, "2026-12", 1, most=1)
    assert world.spending.take(other, MONTH, 1, most=1)


def test_what_is_given_back_can_be_taken_again(world, tenant):
    world.spending.take(tenant, MONTH, 2, most=2)
    world.spending.give_back(tenant, MONTH, 2)
    world.spending.give_back(tenant, MONTH, 2)  # there is nothing left to give back

    assert world.spending.take(tenant, MONTH, 2, most=2)
    assert not world.spending.take(tenant, MONTH, 1, most=2)


def test_a_message_with_more_parts_than_the_limit_is_never_taken(world, tenant):
    assert not world.spending.take(tenant, MONTH, 3, most=2)
