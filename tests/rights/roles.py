"""What the roles of template.yaml allow, in the names that the template gives its resources."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local import template
from tests.rights.calls import NO_TOPIC, Right

type Json = dict[str, Any]

# Lambda's own business on every function: none of it is a call that a function makes.
_RUNNING = "RunningPolicy"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One action on one resource, from a statement of `owner`, a role or a policy."""

    owner: str
    action: str
    resource: str
    keys: tuple[str, ...] = ()  # patterns of partition keys; all keys if there are none

    def allows(self, right: Right) -> bool:
        matches = not self.keys or any(fnmatchcase(right.key, each) for each in self.keys)
        return (self.action, self.resource) == (right.action, right.resource) and matches

    @property
    def about(self) -> tuple[str, str]:
        """The action, with its table: of which queue or mail address is not told apart."""
        is_table = self.action.startswith("dynamodb:")
        return self.action, self.resource if is_table else ""

    @property
    def access(self) -> str:
        """`reads TenantsTable`, `writes TenantsTable`; for all but tables the action."""
        service, _, operation = self.action.partition(":")
        if service != "dynamodb":
            return self.action
        reads = operation in {"GetItem", "BatchGetItem", "Query", "PartiQLSelect"}
        return f"{'reads' if reads else 'writes'} {self.resource.partition('/')[0]}"


@functools.cache
def resources() -> Json:
    declared: Json = template.read(Path(__file__).parents[2] / "template.yaml")["Resources"]
    return declared


@functools.cache
def functions() -> Mapping[str, Json]:
    return {
        name: resource["Properties"]
        for name, resource in resources().items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


@functools.cache
def granted(function: str) -> frozenset[Grant]:
    """All that the function's role allows it to ask of AWS."""
    return granted_to(role_of(function))


@functools.cache
def granted_to(role: str) -> frozenset[Grant]:
    """All that the role, with its managed policies, allows."""
    return frozenset(_of_role(role, resources()[role]["Properties"]))


@functools.cache
def allows(function: str, right: Right) -> bool:
    return any(grant.allows(right) for grant in granted(function))


def role_of(function: str) -> str:
    name, _ = functions()[function]["Role"]["Fn::GetAtt"]
    return str(name)


def statements(properties: Json) -> list[Json]:
    """A policy's, or a role's own."""
    own = [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
    documents = [properties["PolicyDocument"]] if "PolicyDocument" in properties else own
    return [statement for document in documents for statement in document["Statement"]]


def managed_by(role: str) -> list[str]:
    """The managed policies of a role."""
    return [managed["Ref"] for managed in resources()[role]["Properties"]["ManagedPolicyArns"]]


def _of_role(name: str, role: Json) -> Iterator[Grant]:
    yield from _of(name, role)
    for managed in managed_by(name):
        if managed != _RUNNING:
            yield from _of(managed, resources()[managed]["Properties"])


def _of(owner: str, properties: Json) -> Iterator[Grant]:
    for statement in statements(properties):
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            for resource in _resources(statement):
                yield Grant(
                    owner=owner,
                    action=action,
                    resource=resource,
                    keys=_keys(statement.get("Condition", {})),
                )


def _keys(condition: Json) -> tuple[str, ...]:
    if not condition:
        return ()
    return tuple(_many(condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]))


def _resources(statement: Json) -> list[str]:
    if "NotResource" in statement:
        return [NO_TOPIC]
    return [_named(place) for place in _many(statement["Resource"])]


def _named(place: Any) -> str:
    """`TenantsTable`, `InvocationsTable/index/due`, `identity/*`."""
    match place:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            return name
        case {"Fn::Sub": str(text)} if text.startswith("${"):
            return text.replace("${", "").replace(".Arn}", "")
        case {"Fn::Sub": str(text)}:
            return text.rpartition(":")[2]
    raise ValueError(f"Say here what {place} is called")


def _many(one_or_more: Any) -> list[Any]:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]
