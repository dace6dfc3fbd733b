"""What is written of routes, and whose words an unknown path is answered in, is what there is."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from ministack.services import apigateway

from carillon.dialects.sailpoint.errors import VERSIONS
from carillon.runtime import fallback
from carillon.runtime.endpoint import Handler
from local import template
from local.routing import Routes

ROOT = Path(__file__).parents[2]
ALL = template.functions(template.read(ROOT / "template.yaml"))
FUNCTIONS = {
    function.folder: function
    for function in ALL
    if function.folder.partition("/")[0] not in {"fallback", "workers"}
}
DIALECTS = sorted({folder.partition("/")[0] for folder in FUNCTIONS})
METHODS = r"\b(DELETE|GET|PATCH|POST|PUT)\b"
WRITTEN = re.compile(r"(?<![\w/}])(?:…|\.\.\.)?(?<!/)/[\w{}/:.+-]*(?<!:)")
# One function for every path of its dialect with a slash behind it: a sentence says so, not a row.
ALL_PATHS = "bitcaster/trailing_slash"
# The first column of these READMEs' tables is a path, below this one, not a function's name.
BY_PATH = {"admin": "/admin/v1", "confluent": ""}


@cache
def module(folder):
    return import_module(FUNCTIONS[folder].module)


def methods(folder):
    handler = module(folder).handler
    return set(handler.endpoints) if isinstance(handler, Handler) else set()


def routes(folder):
    """Its paths, each once: of SailPoint's as it is without a version."""
    paths = {path for _, path in FUNCTIONS[folder].routes}
    if folder.startswith("sailpoint/"):
        paths = {re.sub(r"^/\{version\}|(?<=\w)/v1\b", "", path) for path in paths}
    return paths


def says(written, route):
    """Whether a path in a text is the route, `…` for its beginning, a word for a parameter."""
    said, own = written.strip("./…").split("/"), route.strip("/").split("/")
    if not written.startswith("/"):
        own = own[-len(said) :]
    if own[-1] == "{proxy+}" and len(said) >= len(own):  # whatever the text calls it
        own = own[:-1] + said[len(own) - 1 :]
    return len(said) == len(own) and all(
        a == b or (b.startswith("{") and not a.startswith("{"))
        for a, b in zip(said, own, strict=True)
    )


def greedy(written, folder):
    return any(route.endswith("{proxy+}") and says(written, route) for route in routes(folder))


def check(folder, paths, verbs):
    own = routes(folder)
    assert all(any(says(path, route) for route in own) for path in paths), (paths, own)
    assert all(any(says(path, route) for path in paths) for route in own), (paths, own)
    assert not verbs or set(verbs) == methods(folder), (verbs, methods(folder))


def rows(dialect):
    """The cells of the table of endpoints in its README: the first table there is."""
    text = (ROOT / "functions" / dialect / "README.md").read_text()
    [table] = re.findall(
        r"^\| (?:function|path)[^\n]*\n\|[-| ]+\n((?:\|[^\n]*\n)+)", text, re.MULTILINE
    )
    for line in table.splitlines():
        yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


@pytest.mark.parametrize("folder", sorted(FUNCTIONS.keys() - {ALL_PATHS}))
def test_a_functions_docstring_names_its_routes_and_methods(folder):
    line = module(folder).__doc__.splitlines()[0]

    check(folder, WRITTEN.findall(line), re.findall(METHODS, line))


@pytest.mark.parametrize("dialect", sorted({*DIALECTS} - BY_PATH.keys()))
def test_the_rows_of_a_readme_are_the_dialects_functions(dialect):
    named = set()
    for names, where, *_ in rows(dialect):
        found = [f"{dialect}/{name}" for name in re.findall(r"`(\w+)`", names)]
        named |= set(found)
        paths = WRITTEN.findall(where)
        if len(found) == 1:
            check(found[0], paths, re.findall(METHODS, where))

    assert named == {f for f in FUNCTIONS if f.startswith(f"{dialect}/")} - {ALL_PATHS}


@pytest.mark.parametrize("dialect", sorted(BY_PATH))
def test_the_rows_of_a_readme_are_the_dialects_paths(dialect):
    unsaid = {folder for folder in FUNCTIONS if folder.startswith(f"{dialect}/")}
    for where, does, *_ in rows(dialect):
        paths = [BY_PATH[dialect] + path for path in WRITTEN.findall(where)]
        [folder] = [f for f in unsaid if paths[0] in {*routes(f)} or greedy(paths[0], f)]
        check(folder, paths, re.findall(rf"`{METHODS}", does))
        unsaid.remove(folder)

    assert not unsaid


def asked():
    """A path of each route: what stands for its parameters is no word of any other's."""
    for function in ALL:
        for _, path in function.routes:
            if path != "$default":
                yield re.sub(r"\{\w+\}", "x1", path.replace("{proxy+}", "x2/x3")), path
                yield re.sub(r"\{\w+\}", "x1", path.replace("{proxy+}", "x2")), path


@pytest.fixture
def emulated(monkeypatch):
    """The same routes in ministack's HTTP API, which matches by regular expressions."""
    keys = [f"{method} {path}" for function in ALL for method, path in function.routes]
    keys = ["$default" if key.endswith("$default") else key for key in keys]
    routes = {"api": {key: {"routeKey": key} for key in keys}}
    monkeypatch.setattr(apigateway, "_routes", routes)
    return lambda path: apigateway._match_route("api", "GET", path)["routeKey"]


def test_each_route_is_found_by_two_matchers_of_which_one_never_looks_back(emulated):
    ours = Routes.of(ALL)
    for path, route in asked():
        assert ours.find("GET", path).route_key == f"ANY {route}", path
        assert emulated(path) == f"ANY {route}", path


def test_what_is_beyond_each_route_is_the_same_to_both(emulated):
    ours = Routes.of(ALL)
    for path, _ in asked():
        assert ours.find("GET", f"{path}/x4/x5/x6").route_key == emulated(f"{path}/x4/x5/x6"), path


def test_greedy_parameters_have_one_name():
    greedy = re.findall(r"\{\w+\+\}", " ".join(p for f in ALL for _, p in f.routes))

    assert set(greedy) == {"{proxy+}"}


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_an_unknown_path_beside_a_known_one_is_answered_in_the_same_words(folder):
    dialect = folder.partition("/")[0]
    for _, path in FUNCTIONS[folder].routes:
        for version in VERSIONS if path.startswith("/{version}") else [""]:
            asked = path.replace("{version}", version)
            assert fallback.dialect_of(f"{asked}/beyond").name == dialect, asked


def test_every_prefix_of_the_fallback_has_a_route():
    known = {
        path.replace("{version}", version)
        for function in FUNCTIONS.values()
        for _, path in function.routes
        for version in VERSIONS
    }

    for prefix in fallback.PREFIXES:
        assert any(path == prefix or path.startswith(f"{prefix}/") for path in known), prefix


def test_the_readme_of_all_functions_names_where_each_dialects_paths_begin():
    text = (ROOT / "functions/README.md").read_text()
    for dialect in DIALECTS:
        [cell] = re.findall(rf"^\| `{dialect}/\*` \|([^|]+)\|", text, re.MULTILINE)
        begins = [path.strip("`…") for path in re.findall(r"`[^`]+`", cell)]
        own = {r for f in FUNCTIONS if f.startswith(f"{dialect}/") for r in routes(f)}

        assert all(any(route.startswith(begin) for route in own) for begin in begins), dialect
        assert all(any(route.startswith(begin) for begin in begins) for route in own), dialect
