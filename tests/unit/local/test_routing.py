import pytest

from local.routing import Routes
from local.template import Function


def function(id, *routes):
    return Function(
        id=id, module=id, attribute="handler", timeout=3, memory=128, routes=tuple(routes)
    )


ROUTES = Routes.of(
    [
        function("Trigger", ("POST", "/v1/events/trigger")),
        function("Event", ("ANY", "/v1/events/trigger/{id}")),
        function("Bulk", ("POST", "/v1/events/trigger/bulk")),
        function("Topic", ("ANY", "/v1/topics/{key}")),
        function("Members", ("GET", "/v1/topics/{key}/members"), ("ANY", "/v1/topics/{key}/all")),
        function("Rest", ("ANY", "/v1/topics/{proxy+}")),
        function("TopicGet", ("GET", "/v1/topics/{key}")),
        function("Slash", ("ANY", "/api/e"), ("ANY", "/api/e/{proxy+}")),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "expected", "parameters"),
    [
        ("POST", "/v1/events/trigger", "Trigger", {}),
        ("POST", "/v1/events/trigger/bulk", "Bulk", {}),
        ("DELETE", "/v1/events/trigger/t-1", "Event", {"id": "t-1"}),
        ("GET", "/v1/topics/a", "TopicGet", {"key": "a"}),
        ("DELETE", "/v1/topics/a", "Topic", {"key": "a"}),
        ("GET", "/v1/topics/a/members", "Members", {"key": "a"}),
        ("POST", "/v1/topics/a/members", "Rest", {"proxy": "a/members"}),
        ("GET", "/v1/topics/a/b/c", "Rest", {"proxy": "a/b/c"}),
        ("GET", "/api/e", "Slash", {}),
        ("GET", "/api/e/x/trigger/", "Slash", {"proxy": "x/trigger/"}),
        ("GET", "/v1/topics/a%20%C3%A9", "TopicGet", {"key": "a é"}),
        ("GET", "/v1/topics/a%2Fmembers", "Members", {"key": "a"}),  # decoded, then matched
    ],
)
def test_the_most_specific_route_answers(method, path, expected, parameters):
    match = ROUTES.find(method, path)

    assert match is not None
    assert match.function.id == expected
    assert match.parameters == parameters


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nowhere"),
        ("GET", "/v1/events/trigger"),
        ("GET", "/v1/topics"),
        ("DELETE", "/v1/events/trigger/bulk"),  # whose own route takes no DELETE
        ("GET", "/v1/events/trigger/bulk/x"),
    ],
)
def test_what_no_route_fits_is_found_nowhere(method, path):
    assert ROUTES.find(method, path) is None


def test_a_parameter_is_never_empty():
    routes = Routes.of([function("Topic", ("ANY", "/v1/topics/{key}"))])

    assert routes.find("GET", "/v1/topics/") is None


def test_a_greedy_parameter_takes_one_segment_at_least():
    assert ROUTES.find("GET", "/api/e/") is None


def test_the_default_route_takes_the_rest():
    routes = Routes.of([function("Unknown", ("ANY", "$default"))])

    match = routes.find("GET", "/nowhere")

    assert match is not None
    assert match.route_key == "$default"


def test_the_route_key_is_the_template_s():
    match = ROUTES.find("DELETE", "/v1/events/trigger/t-1")

    assert match is not None
    assert match.route_key == "ANY /v1/events/trigger/{id}"
