"""Quotas: how many resources a tenant may have, and how far one event may go."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """The quotas of each tenant. A parameter of the template sets each."""

    integrations: int = 100
    endpoints: int = 500  # of all subscriptions together
    keys: int = 100  # that a tenant's own keys issue
    subscriptions: int = 1_000  # of one event type: each event reads them all
    templates: int = 500  # of one event type: each of its messages reads them all
    sms_parts: int = 10_000  # a month, by the installation's account, unless the tenant has its own
    # Deliveries that an event makes to one recipient on one channel; the others are skipped.
    deliveries: int = 100
    # Recipients of an event by their own names and subscriptions; those of topics are not counted.
    recipients: int = 10_000
