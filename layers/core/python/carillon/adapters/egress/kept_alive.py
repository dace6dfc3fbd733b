"""Sending on connections that a server may have closed since they were last used."""

from collections.abc import Callable

from carillon.adapters.egress.guard import Budget


def on_live_connection[T](
    attempt: Callable[[], T], lost: tuple[type[Exception], ...], budget: Budget
) -> T:
    """Send on a kept-alive connection; on another one when the server has closed that one.

    Servers close idle connections at will, and a frozen function does not see it. So a request that
    fails on an old connection without a byte of an answer is sent again (RFC 9112, 9.3.1). Each
    failure costs `attempt` one old connection; the first failure on a new one is raised.
    """
    while True:
        try:
            return attempt()
        except lost:
            if budget.connected or budget.received:
                raise
            budget.left()
            budget.sent = False
