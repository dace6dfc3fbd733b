"""Quotas: how many resources a tenant may have."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """The quotas of each tenant; a parameter of the template sets `integrations`."""

    integrations: int = 100
    endpoints: int = 500  # of all subscriptions together
