"""One method of a path: its rules, and the function that does its work."""

import inspect
from collections.abc import Callable, Mapping, Sequence
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
from carillon.runtime.request import STRING_LIMIT, Request

_STRANGERS_LIMIT = 16 * 1024  # bytes of a body that is read before anybody is authenticated
_FLAGS = {"true": True, "false": False}
_OF_FLAGS = frozenset({"bool_type", "bool_parsing"})

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
    longest: int = STRING_LIMIT  # characters of one text in the body

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
            request.check_size(_STRANGERS_LIMIT)
            return lambda: Call(grant=NOBODY, installation=ports, request=request)
        presented = rules.dialect.credential(request.headers)
        if rules.operator:
            authentication.authenticate_operator(presented, ports)
            return lambda: Call(grant=NOBODY, installation=ports, request=request)
        grant = authentication.authenticate(presented, ports, tokens=rules.dialect.takes_tokens)
        return lambda: self._authorized(grant, request, ports)

    def draw(self, call: Call) -> Allowance | None:
        """Count the call against its key, or one for a token against its caller's address.

        The operator's are not counted, nor other anonymous ones.
        """
        if self.rules.category is Category.TOKEN:
            return wiring.limits().draw(call.request.address, Category.TOKEN, 1)
        if not call.key:
            return None
        return wiring.limits().draw(call.key, self.rules.category, self.rules.cost)

    def answer(self, call: Call) -> Answer:
        """Read the request, do the work, and encode its result."""
        given: dict[str, Any] = {"call": call}
        if not self.rules.anonymous:
            self._refuse_unknown(call.request.query)
        if self.query is not None:
            given["query"] = _query(self.query, dict(call.request.query))
        if self.body is not None:
            given["body"] = self._read(call.request, self.body)
        result = self.work(**given)
        if isinstance(result, Answer):
            return result
        if result is None:
            return Answer(status=204)
        return Answer(status=self.rules.status, body=self.rules.dialect.encode(result))

    def _read(self, request: Request, model: type[BaseModel]) -> BaseModel:
        rules = self.rules
        if rules.body_optional and not request.body:
            return _validated(model, {})
        if rules.forms is not None and request.is_form:
            return _validated(model, rules.forms(request.form()))
        if rules.dialect.takes_forms and request.is_form and not request.looks_like_json:
            return _of_texts(model, request.nested_form())
        return _validated(model, request.json(rules.longest))

    def _refuse_unknown(self, given: Mapping[str, str]) -> None:
        """Refuse a query with a parameter that the call does not have, which may be a filter."""
        known = self.query.model_fields.items() if self.query else ()
        names = {name for field, info in known for name in (field, info.alias or field)}
        unknown = sorted(given.keys() - names)
        if unknown:
            message = "is not a parameter of this call"
            raise QueryInvalid(*(WireProblem(name, message, given[name]) for name in unknown))

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


def _of_texts(model: type[BaseModel], value: dict[str, Any]) -> BaseModel:
    """Validate a form, in which texts stand for flags."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_context=False):
            if found["type"] in _OF_FLAGS and found["input"] in _FLAGS:
                _put(value, found["loc"], _FLAGS[found["input"]])
    return _validated(model, value)


def _put(value: Any, place: Sequence[str | int], flag: bool) -> None:
    """Put a flag in its place, some of whose parts may be names of a union's members."""
    for part in place:
        found = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, list) and isinstance(part, int):
            found = value[part]
        if isinstance(found, dict | list):
            value = found
        elif found is not None:
            value[part] = flag


def _validated(model: type[BaseModel], value: Any) -> BaseModel:
    if not isinstance(value, dict) and not issubclass(model, RootModel):
        raise Invalid(WireProblem("body", "must be an object", value))
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Invalid(*problems(error)) from None
