"""Quotas: how many resources a tenant may have."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """The quotas of each tenant; parameters of the template set `integrations` and `sms_parts`."""

    integrations: int = 100
    endpoints: int = 500  # of all subscriptions together
    sms_parts: int = 10_000  # a month, by the installation's account, unless the tenant has its own
