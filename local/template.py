"""Read template.yaml: its functions, its routes, and a version for the emulator."""

import json
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from samtranslator.yaml_helper import (  # type: ignore[import-untyped]
    intrinsics_multi_constructor,
)

from local.options import Unable

type Template = dict[str, Any]


class _Loader(yaml.CSafeLoader):
    """Read `!Ref` and its like as SAM does, by the parser in C: 20 times as fast."""


_Loader.add_multi_constructor("!", intrinsics_multi_constructor)

_LAYERS = {"AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"}
# API Gateway's words in OpenAPI.
_ANY = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_STUB = "def handler(event, context): raise RuntimeError('the local stack calls the real one')"


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function as its template declares it."""

    id: str
    module: str
    attribute: str
    timeout: int
    memory: int
    routes: tuple[tuple[str, str], ...]  # (method, path); the path "$default" matches all others

    @property
    def folder(self) -> str:
        """Its folder below functions/, as on its log lines: `novu/trigger_bulk`."""
        return "/".join(self.module.split(".")[1:-1])


def read(path: Path) -> Template:
    if not path.is_file():
        raise Unable(f"There is no template at {path}.")
    return dict(yaml.load(path.read_text(), _Loader))  # noqa: S506  # a SafeLoader


def functions(template: Template) -> list[Function]:
    """Return all functions, each with the routes by which the HTTP API calls it."""
    defaults = template.get("Globals", {}).get("Function", {})
    routes = _routes(template)
    return [
        _function(id, {**defaults, **own}, tuple(routes.get(id, ())))
        for id, own in _declared(template)
    ]


def for_emulator(template: Template, invoke_url: str) -> str:
    """Return the template with each function as a stub that calls `invoke_url`/<logical id>.

    Code and layers are left out: handlers run in the functions' process.
    """
    adapted: Template = json.loads(json.dumps(template))
    adapted.get("Globals", {}).get("Function", {}).pop("Layers", None)
    # Tests wait seconds where production waits minutes.
    for parameter in adapted.get("Parameters", {}).values():
        for bound in ("MinValue", "MaxValue"):
            parameter.pop(bound, None)
    resources = adapted["Resources"]
    layers = {id for id, resource in resources.items() if resource["Type"] in _LAYERS}
    # The emulator has no metric math; no alarm rings there anyhow.
    sums = {id for id, each in resources.items() if "Metrics" in each.get("Properties", {})}
    for id in layers | sums:
        del resources[id]
    for id, function in _declared(adapted):
        function.pop("CodeUri", None)
        function.pop("Layers", None)
        function["InlineCode"] = _STUB
        for event in function.get("Events", {}).values():
            # Fewer batches are in flight here (local/emulator.py), and this would make them more.
            event["Properties"].pop("ScalingConfig", None)
        variables = function.setdefault("Environment", {}).setdefault("Variables", {})
        variables["MINISTACK_LAMBDA_PROXY_URL"] = f"{invoke_url}/{id}"
    for resource in resources.values():
        # The emulator supports ExcludeCharacters only; keys must be valid in headers.
        generated = resource.get("Properties", {}).get("GenerateSecretString", {})
        if generated.pop("ExcludePunctuation", False):
            generated["ExcludeCharacters"] = string.punctuation
    outputs = adapted.get("Outputs", {})
    for name in [name for name, output in outputs.items() if _mentions(output, layers)]:
        del outputs[name]
    return json.dumps(adapted, separators=(",", ":"))


def _declared(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    for id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            yield id, resource.setdefault("Properties", {})


def _function(
    id: str, properties: Mapping[str, Any], routes: tuple[tuple[str, str], ...]
) -> Function:
    file, _, attribute = properties["Handler"].rpartition(".")
    folder = properties["CodeUri"].removeprefix("./").strip("/").replace("/", ".")
    return Function(
        id=id,
        module=f"{folder}.{file.replace('/', '.')}",
        attribute=attribute,
        timeout=int(properties.get("Timeout", 3)),
        memory=int(properties.get("MemorySize", 128)),
        routes=routes,
    )


def _routes(template: Template) -> Mapping[str, list[tuple[str, str]]]:
    """Return each function's routes, in the order of the HTTP API's DefinitionBody.

    Raise Unable for a route that is said elsewhere, or that calls no function.
    """
    ids = set()
    for id, function in _declared(template):
        if any(event["Type"] == "HttpApi" for event in function.get("Events", {}).values()):
            raise Unable(f"{id} has a route among its Events; say it in the API's DefinitionBody.")
        ids.add(id)
    routes: dict[str, list[tuple[str, str]]] = {}
    for method, path, operation in _operations(template):
        match operation[_INTEGRATION].get("uri"):
            case {"Fn::GetAtt": [str(id), "Arn"]} if id in ids:
                routes.setdefault(id, []).append((method, path))
            case uri:
                raise Unable(f"The route {method} {path} calls {uri}, which is no function here.")
    return routes


def _operations(template: Template) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield each route's method, path and operation."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::HttpApi":
            paths = resource.get("Properties", {}).get("DefinitionBody", {}).get("paths", {})
            for path, item in paths.items():
                for name, operation in item.items():
                    method = "ANY" if name == _ANY else name.upper()
                    is_default = operation.get("isDefaultRoute", False)
                    yield method, "$default" if is_default else path, operation


def _mentions(value: Any, ids: set[str]) -> bool:
    match value:
        case {"Ref": str(id)}:
            return id in ids
        case dict():
            return any(_mentions(part, ids) for part in value.values())
        case list():
            return any(_mentions(part, ids) for part in value)
        case str():
            return any(f"${{{id}}}" in value for id in ids)
        case _:
            return False
