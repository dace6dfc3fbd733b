"""How much of what a tenant may have."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """Alike for all tenants of an installation: parameters of its template."""

    integrations: int = 100
    endpoints: int = 500  # of subscriptions of their own endpoints, in all
