"""An HTTP endpoint as a Lambda function: one path, its methods, one dialect.

Every request goes the same way: authenticate (401), find the method (405), check the scope
(403), the key's allowance (429), the size (413), the JSON (400), the schema (the dialect says),
then the work. Whatever is raised on the way is said in the dialect's words.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, RootModel, ValidationError

from carillon.dialects.common import problems
from carillon.dialects.dialect import Admitted, Answer, Asked, Dialect
from carillon.domain.base import ids
from carillon.domain.base.errors import (
    CarillonError,
    Failure,
    Invalid,
    MethodNotAllowed,
    Problem,
    QueryInvalid,
    RateLimited,
)
from carillon.domain.tenancy.access import Grant, Scope
from carillon.domain.tenancy.rate_limits import Allowance, Category
from carillon.ports import Ports
from carillon.runtime import authentication, wiring
from carillon.runtime.observability import described, logger
from carillon.runtime.replies import asked_of, response
from carillon.runtime.request import Request, from_event

type Json = dict[str, Any]
type Within = Callable[[Grant, Mapping[str, str]], None]

_NOBODY = Grant(key="", tenant="", application="", scopes=frozenset())


@dataclass(frozen=True, kw_only=True)
class Call:
    """What an endpoint knows of the call besides its body."""

    grant: Grant  # nobody's for an operator's call, and an anonymous one
    ports: Ports
    request: Request

    @property
    def tenant(self) -> str:
        return self.grant.tenant

    @property
    def application(self) -> str:
        return self.grant.application

    @property
    def key(self) -> str:
        """The API key's id."""
        return self.grant.key

    @property
    def path(self) -> Mapping[str, str]:
        return self.request.path_parameters

    @property
    def idempotency_key(self) -> str | None:
        return self.request.idempotency_key

    @property
    def fingerprint(self) -> str:
        """The same for a request that is repeated with its idempotency key; empty without one.

        What a request makes may carry it, so that its repetition finds it made.
        """
        key, request = self.idempotency_key, self.request
        if not key:
            return ""
        body = request.body.decode(errors="replace")
        return ids.derived(key, request.method, request.path, body)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One method of a path."""

    dialect: Dialect
    work: Callable[..., Any]
    status: int
    or_status: int | None
    scope: Scope | None
    within: Within | None
    operator: bool
    anonymous: bool
    body_optional: bool
    forms: Callable[[Mapping[str, str]], Any] | None
    polled: bool
    category: Category
    cost: int
    body: type[BaseModel] | None
    query: type[BaseModel] | None

    @property
    def configures(self) -> bool:
        """Whether it changes what others only read, and so must not go by what was read before."""
        if self.polled:
            return False
        return self.operator or self.scope in {Scope.ADMIN, Scope.AUDIENCE}

    def admit(self, request: Request, ports: Ports) -> Callable[[], Call]:
        """Authenticate now; the returned function authorizes, so that 405 comes between."""
        if self.anonymous:
            return lambda: Call(grant=_NOBODY, ports=ports, request=request)
        presented = self.dialect.credential(request.headers)
        if self.operator:
            authentication.authenticate_operator(presented, ports)
            return lambda: Call(grant=_NOBODY, ports=ports, request=request)
        grant = authentication.authenticate(presented, ports, tokens=self.dialect.takes_tokens)
        return lambda: self._authorized(grant, request, ports)

    def draw(self, call: Call) -> Allowance | None:
        """Count the call against its key; the operator's are not counted."""
        return wiring.limits().draw(call.key, self.category, self.cost) if call.key else None

    def answer(self, call: Call) -> Answer:
        given: dict[str, Any] = {"call": call}
        if self.query is not None:
            given["query"] = _query(self.query, dict(call.request.query))
        if self.body is not None:
            given["body"] = _validated(self.body, self._sent(call.request))
        result = self.work(**given)
        if isinstance(result, Answer):
            return result
        if result is None:
            return Answer(status=204)
        return Answer(status=self.status, body=self.dialect.encode(result))

    def _sent(self, request: Request) -> Any:
        if self.body_optional and not request.body:
            return {}
        if self.forms is not None and request.is_form:
            return self.forms(request.form())
        return request.json()

    def _authorized(self, grant: Grant, request: Request, ports: Ports) -> Call:
        if self.within is not None:
            self.within(grant, request.path_parameters)
        if self.scope is not None:
            authentication.authorize(grant, self.scope)
        return Call(grant=grant, ports=ports, request=request)


def endpoint(
    dialect: Dialect,
    *,
    scope: Scope | None = None,
    within: Within | None = None,
    status: int = 200,
    or_status: int | None = None,
    operator: bool = False,
    anonymous: bool = False,
    body_optional: bool = False,
    forms: Callable[[Mapping[str, str]], Any] | None = None,
    polled: bool = False,
    category: Category = Category.GLOBAL,
    cost: int = 1,
) -> Callable[[Callable[..., Any]], Endpoint]:
    """Turn a function of `call`, and of `body` and `query` if it has them, into a method of a path.

    `body` and `query` are annotated with the pydantic model that they must satisfy. The function
    returns a model, a list of models, plain JSON, an Answer, or None for 204. `or_status` is of a
    success as well, which only an Answer says. An optional body may be left out where an empty
    object would do; `forms` turns a form's fields into
    such a body, where clients may send one. What is `polled` goes by what was read within the last
    minute, whatever its scope.
    `within` raises Forbidden where the path names what is beyond the grant. A call draws its cost
    from its key's bucket of the category (runtime.limits). An anonymous method asks for no
    credential in the headers: its work finds its own.
    """

    def decorate(work: Callable[..., Any]) -> Endpoint:
        parameters = inspect.get_annotations(work, eval_str=True)
        return Endpoint(
            dialect=dialect,
            work=work,
            status=status,
            or_status=or_status,
            scope=scope,
            within=within,
            operator=operator,
            anonymous=anonymous,
            body_optional=body_optional,
            forms=forms,
            polled=polled,
            category=category,
            cost=cost,
            body=parameters.get("body"),
            query=parameters.get("query"),
        )

    return decorate


@dataclass(frozen=True)
class Handler:
    """A path's Lambda entry point, and its methods, for who describes them."""

    endpoints: Mapping[str, Endpoint]

    def __call__(self, event: Json, context: Any) -> Json:
        request = from_event(event)
        logger.set_correlation_id(request.id)
        said: dict[str, str] = {}
        asked = asked_of(request)
        told = {"function": context.function_name, "tracking_id": asked.tracking_id}
        dialect = _first(self.endpoints).dialect
        try:
            answer = _answer(request, asked, self.endpoints, said)
        except CarillonError as error:
            logger.info("refused", error=type(error).__name__, **told)
            answer = dialect.error(error, asked)
        except Exception as error:  # noqa: BLE001 - the last stand: said plainly, logged once
            logger.error("failed", errors=described(error), **told)
            answer = dialect.error(Failure("Internal server error"), asked)
        return response(answer, said)


def methods(**endpoints: Endpoint) -> Handler:
    """Make the Lambda entry point of a path: `handler = methods(GET=list_it, POST=create)`."""
    return Handler(endpoints)


def _first(endpoints: Mapping[str, Endpoint]) -> Endpoint:
    return next(iter(endpoints.values()))


def _answer(
    request: Request,
    asked: Asked,
    endpoints: Mapping[str, Endpoint],
    said: dict[str, str],
) -> Answer:
    """The answer; what is to be said besides, whatever it becomes, is put into `said`."""
    first = next(iter(endpoints.values()))
    ports = wiring.ports(fresh=first.configures)
    chosen = endpoints.get(request.method)
    admitted = (chosen or first).admit(request, ports)
    first.dialect.admit(asked)
    if chosen is None:
        raise MethodNotAllowed(request.method, tuple(endpoints))
    call = admitted()
    allowance = chosen.draw(call)
    known = Admitted(
        request_id=request.id, allowance=allowance, idempotency_key=call.idempotency_key
    )
    said |= chosen.dialect.headers(known)
    if allowance and allowance.retry_after:
        raise RateLimited(allowance.retry_after)
    return chosen.answer(call)


def _query(model: type[BaseModel], value: Json) -> BaseModel:
    try:
        return _validated(model, value)
    except Invalid as error:
        raise QueryInvalid(*error.problems) from None


def _validated(model: type[BaseModel], value: Any) -> BaseModel:
    if not isinstance(value, dict) and not issubclass(model, RootModel):
        raise Invalid(Problem("body", "must be an object", value))
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Invalid(*problems(error)) from None
