"""Limit what a tenant spends of the installation's account: SMS by Amazon SNS cost money each."""

from contextlib import suppress

from carillon.domain.base.errors import Unavailable
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import NoAnswer
from carillon.ports import TenantPorts
from carillon.ports.integrations import Provider

# Nothing was sent, as far as anybody knows.
_UNSENT = frozenset({Outcome.RETRY, Outcome.CONFIG, Outcome.BAD, Outcome.DEAD})


class Spent:
    """Parts of SMS that were counted for one message; `settle` tells what became of it."""

    def __init__(self, month: str, parts: int, ports: TenantPorts) -> None:
        self._month, self._parts, self._ports = month, parts, ports

    def settle(self, result: Result) -> None:
        """Give back what was not sent, if that can be written now. Never raises."""
        if self._parts and result.outcome in _UNSENT:
            with suppress(Unavailable):  # the provider was asked, and its answer is to be kept
                self._ports.spending.give_back(self._month, self._parts)


def spend(provider: Provider, message: Message, *, ports: TenantPorts) -> Spent:
    """Count a message before it is sent; raise NoAnswer when the month's limit is reached.

    It is counted first, so that many workers at once stay within the limit. After a crash in
    between, a message that was not sent stays counted.
    """
    parts = provider.parts(message)
    month = f"{ports.clock.now():%Y-%m}"
    if parts and not ports.spending.take(month, parts, most=_limit(ports)):
        raise NoAnswer(Result(outcome=Outcome.CONFIG, code="sms_limit_reached"))
    return Spent(month, parts, ports)


def _limit(ports: TenantPorts) -> int:
    own = ports.record.get().sms_parts
    return ports.quotas.sms_parts if own is None else own
