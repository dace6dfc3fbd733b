"""Verdicts: the meaning of a provider's error code, for the table that each provider has of them.

DEAD is for what is said of the address and for ever. Whatever a person or an administrator can undo
(invite, switch on, opt in, raise a quota, allow a relay, publish) is CONFIG, or RETRY if time alone
cures it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from carillon.domain.delivery.deliveries import Concern, Outcome


class Verdict(NamedTuple):
    """An outcome, whom it concerns if the code tells, and the wait in seconds before a retry."""

    outcome: Outcome
    concerns: Concern | None = None
    wait: float | None = None


SENT = Verdict(Outcome.SENT)
DEAD = Verdict(Outcome.DEAD)
BAD = Verdict(Outcome.BAD)
RETRY = Verdict(Outcome.RETRY)
UNSURE = Verdict(Outcome.UNSURE)
# The credential, the account or the sender is refused, so every message is.
CREDENTIAL = Verdict(Outcome.CONFIG, Concern.INTEGRATION)
# One channel, mailbox or flow takes no messages until its administrator changes something.
PLACE = Verdict(Outcome.CONFIG, Concern.PLACE)
# One person takes no messages until they opt in, subscribe or correct their number.
PERSON = Verdict(Outcome.CONFIG, Concern.PERSON)
# Something has to be changed, and the code does not tell whether for one address or for all.
MEND = Verdict(Outcome.CONFIG)
# One channel, mailbox or device takes no message at the moment.
BUSY = Verdict(Outcome.RETRY, Concern.PLACE)


def later(seconds: float, verdict: Verdict = RETRY) -> Verdict:
    """Return the verdict with a wait, for codes whose responses have none."""
    return verdict._replace(wait=seconds)


def table(*rows: tuple[Verdict, *tuple[str, ...]]) -> Mapping[str, Verdict]:
    """Return verdicts by code, from rows of a verdict and its codes separated by spaces."""
    return {code: verdict for verdict, *codes in rows for code in " ".join(codes).split()}
