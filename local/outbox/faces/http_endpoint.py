"""A subscription's own HTTP endpoint, which answers as its path says.

`/answers/<JSON, percent-encoded>` is answered with that JSON, `/later` with a 202, and any other
path with an empty object, like an endpoint that accepts an event without a reply.
"""

import json
from itertools import pairwise
from urllib.parse import unquote

from local.outbox.face import Arrival, Reply, as_json, empty

HOSTS: tuple[str, ...] = ()
FAILURES = {"410": empty(410)}


def success(arrival: Arrival) -> Reply:
    if arrival.segments[-1] == "later":
        return as_json({}, 202)
    wish = dict(pairwise(arrival.segments)).get("answers")
    try:
        return as_json(json.loads(unquote(wish)) if wish else {})
    except ValueError:
        return as_json({"error": "the path holds no JSON"}, 400)
