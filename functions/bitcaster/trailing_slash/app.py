"""/api/{proxy+}: every path of the API with the slash that Bitcaster's clients end it in"""

from importlib import import_module
from typing import Any

from carillon.dialects.bitcaster import paths
from carillon.runtime import fallback

type Json = dict[str, Any]

# Where the endpoints are: at the root of the package on Lambda, in `functions` elsewhere.
_FOLDER = __name__.removesuffix("trailing_slash.app")


def handler(event: Json, context: Any) -> Json:
    """Have the endpoint answer as if its own route had been asked, with the path as it came."""
    found = paths.find(event["rawPath"])
    if found is None:
        return fallback.handler(event, context)
    endpoint = import_module(f"{_FOLDER}{found.endpoint}.app")
    asked = {"routeKey": f"ANY {found.route}", "pathParameters": dict(found.parameters)}
    return dict(endpoint.handler({**event, **asked}, context))
