"""Guards of a tenant's sets: who decides by a whole set writes only if nobody joined it since."""

from enum import StrEnum, auto
from typing import NamedTuple


class Guarded(StrEnum):
    """The sets in which something is unique, limited, or needed by something else."""

    CATALOGUE = auto()  # an application with event types in it is not removed
    INTEGRATIONS = auto()  # identifiers, one primary for each channel, the quota
    KEYS = auto()  # the quota
    SENDERS = auto()  # the limit
    SUBSCRIPTIONS = auto()  # equal ones, endpoints of a type, the quota, needed ones


class Seen(NamedTuple):
    """A set as it was read: its guard's version of then, empty before the set was first guarded."""

    guarded: Guarded
    version: str = ""
