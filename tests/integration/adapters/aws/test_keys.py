"""Keys, which keep tenants apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carillon.adapters.aws import keys
from carillon.domain.base.errors import Invalid

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20) | st.text(
    "#%0123EVNT/", min_size=1, max_size=8
)


NAMES = st.tuples(IDS, IDS, IDS)


@given(NAMES, NAMES)
def test_different_names_never_share_a_key(names, others):
    def all_keys(tenant, one, two):
        return (
            keys.tenant(tenant),
            keys.within(keys.event_types(tenant, one), two),
            keys.member(tenant, one, two),
            keys.within(keys.memberships(tenant, one), two),
            keys.within(keys.subscriptions_of(tenant, one, two), one),
            keys.within(keys.chunks(tenant, one, 3), two),
            keys.within(keys.subscribers(tenant, 3), one),
            keys.invocation(tenant, one),
        )

    mine, theirs = all_keys(*names), all_keys(*others)

    if names[0] != others[0]:
        assert not {key.pk for key in mine} & {key.pk for key in theirs}
    assert len(set(mine)) == len(mine)
    for left, right in zip(mine[1:6], theirs[1:6], strict=True):
        assert (left == right) == (names == others)


@pytest.mark.parametrize("id", ["", "x" * 1021, "ü" * 511, "\ud800"])
def test_what_no_key_can_hold_is_invalid(id):
    with pytest.raises(Invalid):
        keys.subscriber("acme", id)
    with pytest.raises(Invalid):
        keys.invocation("acme", id)


def test_a_context_whose_key_would_be_too_long_is_invalid():
    with pytest.raises(Invalid):
        keys.within(keys.contexts("acme"), "🎉" * 255)
