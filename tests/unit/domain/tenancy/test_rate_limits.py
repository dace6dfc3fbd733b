from carillon.domain.tenancy.rate_limits import Category, Limit, take

LIMIT = Limit(category=Category.TRIGGER, rate=10)  # 50 a window, 55 at once


def drawn(*draws):
    """What each of the draws, of a cost at a second, leaves."""
    bucket, left = None, []
    for cost, at in draws:
        bucket, allowance = take(bucket, LIMIT, cost, at)
        left.append(allowance)
    return left


def test_a_bucket_begins_full():
    [first] = drawn((1, 100.0))

    assert (first.limit.quota, first.limit.burst) == (50, 55)
    assert (first.remaining, first.reset, first.retry_after) == (54, 1, None)


def test_what_is_more_than_there_is_draws_nothing():
    _, refused, after = drawn((50, 0.0), (20, 0.0), (5, 0.0))

    assert refused.retry_after == 2  # 15 are missing
    assert refused.remaining == 5
    assert (after.remaining, after.retry_after, after.reset) == (0, None, 6)


def test_a_bucket_refills_steadily_and_not_beyond_its_rim():
    _, soon, late = drawn((55, 0.0), (1, 2.0), (1, 1000.0))

    assert soon.remaining == 19
    assert late.remaining == 54


def test_who_waits_as_told_is_let_through():
    _, refused = drawn((55, 0.0), (13, 0.0))
    [*_, allowed] = drawn((55, 0.0), (13, 0.0), (13, float(refused.retry_after)))

    assert allowed.retry_after is None


def test_a_call_that_costs_more_than_a_bucket_holds_can_be_made():
    first, again = drawn((1000, 0.0), (1000, 0.0))

    assert (first.retry_after, first.remaining) == (None, 0)
    assert again.retry_after == 6
