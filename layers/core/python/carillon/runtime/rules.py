"""One method of a path: its rules, and the function that does its work."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

from pydantic import BaseModel, RootModel, ValidationError

from carillon.dialects.common import problems
from carillon.dialects.dialect import Answer, Dialect
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid, QueryInvalid
from carillon.domain.tenancy.access import Grant, Scope
from carillon.domain.tenancy.rate_limits import Allowance, Category
from carillon.ports import Ports
from carillon.runtime import authentication, wiring
from carillon.runtime.call import NOBODY, Call
from carillon.runtime.request import Request

type Work = Callable[..., Any]
type Within = Callable[[Grant, Mapping[str, str]], None]


@dataclass(frozen=True)
class Rules:
    """Who may call a method, how its request is read, and how success is answered.

    As a decorator (`endpoint`), rules turn a function of `call`, and of `body` and `query` if it
    has them, into an Endpoint. `body` and `query` are annotated with the pydantic model that the
    request must satisfy. The function returns a model, a list of models, plain JSON, an Answer,
    or None for 204.
    """

    dialect: Dialect
    _: KW_ONLY
    scope: Scope | None = None  # the key must have it
    within: Within | None = None  # raises Forbidden if the path's parameters go beyond the grant
    operator: bool = False  # for the operator's key alone
    anonymous: bool = False  # no credential in the headers: the function finds its own
    status: int = 200  # of a success
    or_status: int | None = None  # a second status, which the function answers by an Answer
    body_optional: bool = False  # no body is read as {}
    forms: Callable[[Mapping[str, str]], Any] | None = None  # turns a form's fields into a body
    polled: bool = False  # may read from the cache, whatever its scope
    category: Category = Category.GLOBAL  # the key's bucket (runtime.limits) that a call draws on
    cost: int = 1  # tokens that it draws

    @property
    def configures(self) -> bool:
        """Whether the method changes cached configuration, and so has to read past the cache."""
        if self.polled:
            return False
        return self.operator or (self.scope is not None and self.scope not in _READING)

    def __call__(self, work: Work) -> "Endpoint":
        models = inspect.get_annotations(work, eval_str=True)
        return Endpoint(rules=self, work=work, body=models.get("body"), query=models.get("query"))


# Scopes whose calls change no configuration, so that they may read from the cache.
_READING = frozenset(
    {Scope.EVENT_TRIGGER, Scope.EVENT_LIST, Scope.ACTIVITY, Scope.INVOCATIONS_READ}
)

endpoint = Rules  # the decorator's name: @endpoint(dialect, scope=Scope.ADMIN)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One method of a path."""

    rules: Rules
    work: Work
    body: type[BaseModel] | None
    query: type[BaseModel] | None

    def admit(self, request: Request, ports: Ports) -> Callable[[], Call]:
        """Authenticate now, and return the function that authorizes: 405 comes in between."""
        rules = self.rules
        if rules.anonymous:
            return lambda: Call(grant=NOBODY, installation=ports, request=request)
        presented = rules.dialect.credential(request.headers)
        if rules.operator:
            authentication.authenticate_operator(presented, ports)
            return lambda: Call(grant=NOBODY, installation=ports, request=request)
        grant = authentication.authenticate(presented, ports, tokens=rules.dialect.takes_tokens)
        return lambda: self._authorized(grant, request, ports)

    def draw(self, call: Call) -> Allowance | None:
        """Count the call against its key; the operator's are not counted."""
        if not call.key:
            return None
        return wiring.limits().draw(call.key, self.rules.category, self.rules.cost)

    def answer(self, call: Call) -> Answer:
        """Read the request, do the work, and encode its result."""
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
        return Answer(status=self.rules.status, body=self.rules.dialect.encode(result))

    def _sent(self, request: Request) -> Any:
        rules = self.rules
        if rules.body_optional and not request.body:
            return {}
        if rules.forms is not None and request.is_form:
            return rules.forms(request.form())
        return request.json()

    def _authorized(self, grant: Grant, request: Request, ports: Ports) -> Call:
        if self.rules.within is not None:
            self.rules.within(grant, request.path_parameters)
        if self.rules.scope is not None:
            authentication.authorize(grant, self.rules.scope)
        return Call(grant=grant, installation=ports, request=request)


def _query(model: type[BaseModel], value: dict[str, str]) -> BaseModel:
    try:
        return _validated(model, value)
    except Invalid as error:
        raise QueryInvalid(*error.problems) from None


def _validated(model: type[BaseModel], value: Any) -> BaseModel:
    if not isinstance(value, dict) and not issubclass(model, RootModel):
        raise Invalid(WireProblem("body", "must be an object", value))
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Invalid(*problems(error)) from None
