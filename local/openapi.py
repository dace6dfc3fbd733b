"""Generate each dialect's contract (OpenAPI 3.1) from its endpoints' models and routes.

`python -m local.openapi DIRECTORY` writes one file for each dialect. A contract holds exactly the
fields that its endpoints accept and return.
"""

import functools
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from operator import or_
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from carillon.dialects.dialect import Answer
from carillon.runtime.endpoint import Endpoint, Handler
from local import template

type Json = dict[str, Any]

_ROOT = Path(__file__).parents[1]
_REFERENCE = "#/components/schemas/{model}"
_WITHOUT = frozenset({"fallback", "workers"})  # folders that are not dialects
_LAST = re.compile(r"(?<=/)\{\w+\}(?![/\w])")  # the parameter that a path ends in
_NO_CONTENT = 204
_UNIONS = frozenset({UnionType, Union})
_NOTHING = frozenset({None, NoneType})


class SchemaGenerator(GenerateJsonSchema):
    """Require every field of a response, unless its default is null."""

    leaves_null_out = False

    def field_is_required(self, field: Any, total: bool) -> bool:
        if self.mode == "serialization":
            return field["schema"].get("default", ...) is not None
        return super().field_is_required(field, total)

    def model_field_schema(self, schema: Any) -> Json:
        found: Json = super().model_field_schema(schema)
        left_out = self.leaves_null_out or schema.get("serialization_exclude_if") is not None
        if self.mode == "serialization" and left_out and not self.field_is_required(schema, True):
            return _never_null(found)
        return found


class WithoutNull(SchemaGenerator):
    """Describe the answers of a dialect that leaves out a field rather than show it as null."""

    leaves_null_out = True


def _never_null(schema: Json) -> Json:
    """Return the schema of a field that is absent instead of null."""
    known = {name: value for name, value in schema.items() if name != "default"}
    forms = [one for one in known.pop("anyOf", ()) if one != {"type": "null"}]
    match forms:
        case []:
            return known
        case [form]:
            return {**known, **form}
        case _:
            return known | {"anyOf": forms}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path."""

    path: str  # as OpenAPI writes it
    method: str
    id: str
    summary: str
    endpoint: Endpoint

    @property
    def results(self) -> tuple[Any, ...]:
        """The types of successful results: None for an empty body, Any if untyped."""
        returned = inspect.get_annotations(self.endpoint.work, eval_str=True).get("return")
        members = get_args(returned) if get_origin(returned) in _UNIONS else (returned,)
        return tuple(map(_said, members))

    @property
    def result(self) -> Any:
        """The type of a successful response's whole body; None if untyped or empty."""
        whole = self.endpoint.rules.dialect.whole
        bodies = [whole(result) for result in self.results if result not in _NOTHING]
        return None if Any in self.results or not bodies else functools.reduce(or_, bodies)

    @property
    def statuses(self) -> set[int]:
        """The statuses of its successes."""
        said = {_NO_CONTENT} if _NOTHING & set(self.results) else set()
        if set(self.results) - _NOTHING:
            rules = self.endpoint.rules
            said |= {rules.status, rules.or_status or rules.status}
        return said


def contracts() -> Mapping[str, Json]:
    """Return the contract of each dialect."""
    found: dict[str, list[Operation]] = {}
    for function in template.functions(template.read(_ROOT / "template.yaml")):
        dialect = function.folder.partition("/")[0]
        if dialect not in _WITHOUT:
            found.setdefault(dialect, []).extend(_operations(function))
    return {dialect: _contract(dialect, operations) for dialect, operations in found.items()}


def written_path(path: str, about: str) -> str:
    """Return the path as OpenAPI writes it.

    A template calls what is greedy `{proxy+}`; the function's docstring, which names its routes,
    says what it is: `…/{transactionId}`.
    """
    if "{proxy+}" not in path:
        return path
    named = _LAST.search(about.partition("\n")[0])
    return path.replace("{proxy+}", named[0] if named else "{proxy}")


def written(contract: Json) -> str:
    return json.dumps(contract, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _operations(function: template.Function) -> Iterator[Operation]:
    module = import_module(function.module)
    handler = getattr(module, function.attribute)
    if not isinstance(handler, Handler):
        return
    for number, (_, path) in enumerate(function.routes):
        for method, endpoint in handler.endpoints.items():
            # Folders are unique; the names of functions in them need not be.
            name = f"{function.folder.partition('/')[2]}.{endpoint.work.__name__}"
            about = endpoint.work.__doc__ or module.__doc__ or name
            yield Operation(
                path=written_path(path, module.__doc__ or ""),
                method=method.lower(),
                id=f"{name}_{number + 1}" if number else name,
                summary=about.strip().splitlines()[0],
                endpoint=endpoint,
            )


def _contract(dialect: str, operations: list[Operation]) -> Json:
    shows_null = all(operation.endpoint.rules.dialect.shows_null for operation in operations)
    schemas, components = _schemas(operations, SchemaGenerator if shows_null else WithoutNull)
    paths: dict[str, Json] = {}
    for operation in sorted(operations, key=lambda o: (o.path, o.method)):
        paths.setdefault(operation.path, {})[operation.method] = _described(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Carillon: {dialect}", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }


def _schemas(
    operations: list[Operation], generator: type[SchemaGenerator]
) -> tuple[dict[tuple[str, str], Json], Json]:
    """Return the schemas by operation id and part, and the components they refer to."""
    inputs: list[Any] = []
    for operation in operations:
        if operation.endpoint.body is not None:
            body = TypeAdapter(operation.endpoint.body)
            inputs.append(((operation.id, "body"), "validation", body))
        if operation.result is not None:
            result = TypeAdapter(operation.result)
            inputs.append(((operation.id, "result"), "serialization", result))
    found, defined = TypeAdapter.json_schemas(
        inputs, ref_template=_REFERENCE, schema_generator=generator
    )
    return {key: schema for (key, _), schema in found.items()}, defined.get("$defs", {})


def _described(operation: Operation, schemas: Mapping[tuple[str, str], Json]) -> Json:
    endpoint = operation.endpoint
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": [*_in_path(operation), *_in_query(endpoint.query)],
        "responses": _responses(operation, schemas),
        "security": [] if endpoint.rules.anonymous else [{"key": []}],
    }
    if endpoint.body is not None:
        described["requestBody"] = {
            "required": not endpoint.rules.body_optional,
            "content": {"application/json": {"schema": schemas[operation.id, "body"]}},
        }
    return described


def _in_path(operation: Operation) -> list[Json]:
    versions = sorted(operation.endpoint.rules.dialect.versions)
    kinds = {"version": {"type": "string", "enum": versions}}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": kinds.get(name, {"type": "string"}),
        }
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]


def _in_query(query: type[BaseModel] | None) -> list[Json]:
    if query is None:
        return []
    schema = query.model_json_schema(ref_template=_REFERENCE)
    defined = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _whole(field, defined),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _whole(schema: Any, defined: Json) -> Any:
    """Inline a schema's references: parameters are flat."""
    match schema:
        case {"$ref": str(reference), **rest}:
            return {**_whole(defined[reference.rpartition("/")[2]], defined), **rest}
        case dict():
            return {name: _whole(part, defined) for name, part in schema.items()}
        case list():
            return [_whole(part, defined) for part in schema]
        case _:
            return schema


def _responses(operation: Operation, schemas: Mapping[tuple[str, str], Json]) -> Json:
    said: Json = {"4XX": {"description": "What is wrong with the request"}}
    schema = schemas.get((operation.id, "result"))
    for status in operation.statuses:
        said[str(status)] = {"description": "Done"}
        if schema is not None and status != _NO_CONTENT:
            said[str(status)]["content"] = {"application/json": {"schema": schema}}
    return said


def _said(returned: Any) -> Any:
    """Return the body's type, unwrapped from Answer."""
    if get_origin(returned) is Answer:
        return get_args(returned)[0]
    return Any if returned is Answer else returned


def main() -> None:
    directory = Path(sys.argv[1])
    for dialect, contract in contracts().items():
        (directory / f"{dialect}.json").write_text(written(contract))


if __name__ == "__main__":
    main()
