"""An HTTP endpoint as a Lambda function: one path, its methods, one dialect.

Each request is checked in the same order: credential (401), method (405), scope (403), the key's
allowance (429), size (413), JSON (400), schema (400 or 422, as the dialect says). Then the method
does its work. The dialect words every refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carillon.dialects.dialect import Admitted, Answer, Asked, Dialect
from carillon.domain.base.errors import CarillonError, Failure, MethodNotAllowed, RateLimited
from carillon.domain.tenancy.rate_limits import Allowance
from carillon.runtime import credentials, observability, wiring
from carillon.runtime.call import Call
from carillon.runtime.replies import asked_of, fitting, response
from carillon.runtime.request import Request, from_event
from carillon.runtime.rules import Endpoint, endpoint
from carillon.telemetry.log_context import LogContext

__all__ = ["Call", "Endpoint", "Handler", "endpoint", "methods"]

type Json = dict[str, Any]


@dataclass(frozen=True)
class Handler:
    """The Lambda entry point of a path, with its methods by name."""

    endpoints: Mapping[str, Endpoint]

    def __call__(self, event: Json, context: Any) -> Json:
        request = from_event(event)
        asked = asked_of(request)
        error: Exception | None = None
        headers: Mapping[str, str] = {}
        with LogContext(request_id=request.id, function=context.function_name):
            try:
                chosen, call = self._admit(request, asked)
                allowance = chosen.draw(call)
                headers = credentials.masked(
                    self._dialect.headers(
                        Admitted(
                            request_id=request.id,
                            allowance=allowance,
                            idempotency_key=call.idempotency_key,
                        )
                    )
                )
                _refuse_if_spent(allowance)
                answered = fitting(response(chosen.answer(call), headers))
            except CarillonError as refusal:
                error = refusal
                worded = credentials.without(self._dialect.error(refusal, asked), request)
                answered = response(worded, headers)
            except Exception as bug:  # noqa: BLE001 - the last stand: answered, and logged once
                error, answered = bug, response(self._failure(asked), headers)
            status = answered["statusCode"]
            observability.log_call(request, asked, self._dialect.name, status, error)
        return answered

    @property
    def _first(self) -> Endpoint:
        return next(iter(self.endpoints.values()))

    @property
    def _dialect(self) -> Dialect:
        return self._first.rules.dialect

    def _admit(self, request: Request, asked: Asked) -> tuple[Endpoint, Call]:
        """Return the method asked for and the authorized call, or raise the refusal."""
        chosen = self.endpoints.get(request.method)
        ports = wiring.ports(fresh=self._first.rules.configures)
        authorized = (chosen or self._first).admit(request, ports)
        self._dialect.admit(asked)
        if chosen is None:
            raise MethodNotAllowed(request.method, tuple(self.endpoints))
        return chosen, authorized()

    def _failure(self, asked: Asked) -> Answer:
        return self._dialect.error(Failure("Internal server error"), asked)


def _refuse_if_spent(allowance: Allowance | None) -> None:
    if allowance and allowance.retry_after:
        raise RateLimited(allowance.retry_after)


def methods(**endpoints: Endpoint) -> Handler:
    """Make the Lambda entry point of a path: `handler = methods(GET=list_it, POST=create)`."""
    return Handler(endpoints)
