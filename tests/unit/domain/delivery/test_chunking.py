"""Chunks: at most 25, nothing lost, nothing twice, and a change leaves the others in place."""

from hypothesis import given
from hypothesis import strategies as st

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.chunking import RecipientDeliveries, cut
from carillon.domain.delivery.deliveries import CHUNK_SIZE, Delivery, EventDetails
from tests import builders as a

# For each recipient in a message: how many addresses it has on each channel.
COUNTS = st.tuples(st.integers(0, 2), st.integers(0, 3))


def place(index, email, push):
    name = f"i{index}"
    channels = [Channel.EMAIL] * email + [Channel.PUSH] * push
    return RecipientDeliveries(
        name,
        [
            (
                channel,
                Delivery(
                    id=f"{name}.{nth}",
                    invocation=name,
                    integration="int",
                    provider="p",
                    address={},
                ),
            )
            for nth, channel in enumerate(channels)
        ],
    )


def chunks(addresses, step=""):
    places = [place(index, *counts) for index, counts in enumerate(addresses)]
    details = {p.invocation: EventDetails(event="e", accepted_at=a.NOW) for p in places}
    sizes = dict.fromkeys(details, 10)
    return list(cut(places, details, sizes, tenant=a.TENANT, job="j", range=0, step=step))


@given(st.lists(COUNTS, max_size=120))
def test_every_delivery_is_in_exactly_one_chunk_of_its_channel(addresses):
    cuts = chunks(addresses)

    ids = [d.id for chunk in cuts for d in chunk.deliveries]
    assert len(ids) == sum(map(sum, addresses))
    assert len(set(ids)) == len(ids)
    assert all(1 <= len(chunk.deliveries) <= CHUNK_SIZE for chunk in cuts)
    assert all(set(chunk.details) == {d.invocation for d in chunk.deliveries} for chunk in cuts)


@given(st.lists(COUNTS, min_size=1, max_size=120), st.data())
def test_a_change_of_one_recipient_leaves_all_others_in_their_chunks(addresses, data):
    changed = data.draw(st.integers(0, len(addresses) - 1))

    def of_others(cuts):
        """Where an account of each delivery is looked for."""
        own = f"i{changed}"
        return {d.id: c.id for c in cuts for d in c.deliveries if d.invocation != own}

    before = of_others(chunks(addresses))
    addresses[changed] = data.draw(COUNTS)

    assert of_others(chunks(addresses)) == before


def test_steps_that_share_a_range_share_no_chunk():
    ids = [{chunk.id for chunk in chunks([(2, 3)] * 60, step)} for step in ("", "i1/0/", "i1/1/")]

    assert len(set.union(*ids)) == sum(map(len, ids))
