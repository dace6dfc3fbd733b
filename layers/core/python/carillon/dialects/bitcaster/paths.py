"""The paths of Bitcaster's API with the slash that its clients end them in.

An HTTP API has no route that ends in a slash: a single greedy one takes all of these, and this
table says whose each is.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

_PROJECT = "/api/o/{org}/p/{prj}"
# Endpoints by their own routes, which have no slash: a test holds these to the template.
ENDPOINTS: Mapping[str, str] = {
    "/api/system/ping": "ping",
    "/api/o/{org}": "organization",
    "/api/o/{org}/c": "channels",
    "/api/o/{org}/c/{channel}": "channels",
    "/api/o/{org}/u": "users",
    "/api/o/{org}/u/{username}": "user",
    "/api/o/{org}/u/{username}/addresses": "addresses",
    "/api/o/{org}/p": "projects",
    _PROJECT: "projects",
    f"{_PROJECT}/c": "channels",
    f"{_PROJECT}/c/{{channel}}": "channels",
    f"{_PROJECT}/d": "lists",
    f"{_PROJECT}/d/{{list}}": "lists",
    f"{_PROJECT}/d/{{list}}/m": "members",
    f"{_PROJECT}/d/{{list}}/add": "add_members",
    f"{_PROJECT}/a": "applications",
    f"{_PROJECT}/a/{{app}}": "applications",
    f"{_PROJECT}/a/{{app}}/e": "events",
    f"{_PROJECT}/a/{{app}}/e/{{evt}}/trigger": "trigger",
    f"{_PROJECT}/a/{{app}}/e/{{evt}}/o/{{occurrence}}": "occurrence",
    f"{_PROJECT}/a/{{app}}/register": "register",
    f"{_PROJECT}/a/{{app}}/unregister/{{username}}": "unregister",
}
# Paths of Bitcaster's own that are not served, each with the reason that a caller is told.
_UNSERVED = {
    r"/api/me(/\w+)?/?": "a key is an application's here, and no user's: ask for .../u/{username}/",
    r"/api/login/?": "there is no session: send the key with each call",
    r"/api/o/[^/]+/u/[^/]+/messages/?": "a user's messages are read by Novu's API, "
    "GET /v2/subscribers/{username}/notifications",
    r"/api/o/[^/]+/p/[^/]+/a/[^/]+/attachment(/[^/]+)?/?": "attachments are sent with the event, "
    "by Novu's API",
    r"/api/o/[^/]+/p/[^/]+/a/[^/]+/n/[^/]+/subscribe/?": "who hears of an event is in its "
    "distribution lists",
    r"/api/o/[^/]+/p/[^/]+/a/[^/]+/token/?": "there are no tokens for browsers",
    r"/api/o/[^/]+/p/[^/]+/a/[^/]+/unsubscribe/.*": "preferences are set by Novu's API, "
    "PATCH /v2/subscribers/{username}/preferences",
}
_PATTERNS = {
    route: re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route) + "/") for route in ENDPOINTS
}


def unserved(path: str) -> str:
    """Return why a path of Bitcaster's is not served; empty for one that it does not have."""
    reasons = (why for pattern, why in _UNSERVED.items() if re.fullmatch(pattern, path))
    return next(reasons, "")


class Found(NamedTuple):
    endpoint: str
    route: str
    parameters: Mapping[str, str]


def find(path: str) -> Found | None:
    """Return whose path it is; None for a path without its slash, and for nobody's."""
    for route, pattern in _PATTERNS.items():
        if match := pattern.fullmatch(path):
            return Found(ENDPOINTS[route], route, match.groupdict())
    return None
