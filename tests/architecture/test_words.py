"""The core speaks its own language, and each dialect translates all of it."""

import ast
import json
import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest

from carillon.dialects.words import WireProblem, Words
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers/core/python"
CORE = LAYER / "carillon"
DIALECTS = sorted(path.parent.name for path in (CORE / "dialects").glob("*/__init__.py"))

# Fields that the code of a dialect leads to, and that no call of the dialect gets wrong.
NEVER_WRONG = {
    ("admin", FieldName.AFTER): "its lists have a single cursor",
    ("admin", FieldName.BEFORE): "its lists have a single cursor",
    ("admin", FieldName.OUTPUT): "a wrong answer to a test is shown, not raised",
    ("bitcaster", FieldName.AFTER): "its lists have a single cursor",
    ("bitcaster", FieldName.BEFORE): "its lists have a single cursor",
    ("bitcaster", FieldName.OVERRIDES): "its events have none",
    ("confluent", FieldName.FILTER): "its subscriptions have no filter",
    ("confluent", FieldName.PRIMARY): "it cannot say which integration is primary",
    ("confluent", FieldName.PROVIDER): "the kinds of target are all known providers",
    ("novu", FieldName.CHANNELS): "its triggers are not narrowed",
    ("novu", FieldName.CURSOR): "a cursor is given as `after` or `before`; a bad id is not found",
    ("novu", FieldName.ENVIRONMENTS): "its triggers are not narrowed",
    ("novu", FieldName.OUTPUT_SCHEMA): "it changes no output schema",
    ("novu", FieldName.SAMPLE_OUTPUT): "it changes no output schema",
    ("sailpoint", FieldName.INPUT_SCHEMA): "it changes no schema",
    ("sailpoint", FieldName.OUTPUT_SCHEMA): "it changes no schema",
    ("sailpoint", FieldName.PROVIDER): "its mediums are all known providers",
    ("sailpoint", FieldName.SAMPLE): "it changes no schema",
    ("sailpoint", FieldName.SAMPLE_OUTPUT): "it changes no schema",
}
# Words of a dialect that are no field of a request there.
NOT_IN_REQUESTS = {
    ("admin", "native"): "a rehearsal may render a template that another API brought",
    ("admin", "template"): "a rehearsal names an event type, and the template it lacks is no field",
    ("bitcaster", "payload_context"): "its answers' name for the request's `context`",
    ("sailpoint", "integration"): "its API has no integrations to name: the word begins a sentence",
    ("sailpoint", "template"): "a test names a notification, and the template it lacks is no field",
}
# What leads into a field, for the words that are functions of it.
WITHIN = {
    FieldName.NATIVE: ["blocks.0.text", "attachments.0", "actions.0.title"],
    FieldName.OVERRIDES: ["", "email.integration"],
    FieldName.SAMPLE: ["", "order"],
    FieldName.SETTINGS: ["", "endpoint", "password", "bearer_token", "account", "region"],
    FieldName.TARGET: ["integration"],
    FieldName.TEMPLATES: ["0.body", "1.html", "2.in_app.url"],
}
# Modules whose literals may be a dialect's words.
SPEAKS_OF_THE_WIRE = {
    "domain/delivery/vocabulary.py": "templates are written with the names that products published",
    "domain/delivery/velocity_vocabulary.py": "SailPoint's templates are written with its names",
}
# Literals of the core that a dialect happens to use as a word for something else.
OURS_TOO = {
    "from": "the sender, in the settings of integrations",
    "url": "the target, in the settings of integrations",
    "username": "a credential, in the settings of integrations",
    "password": "a credential, in the settings of integrations",
}
CAMEL_CASE = re.compile(r"\b[a-z][a-z0-9]*[A-Z]\w*\b")


def words_of(dialect: str) -> Words:
    return import_module(f"carillon.dialects.{dialect}.words").WORDS


def paths_of(words: Words, field: FieldName) -> set[str]:
    """Where a dialect places problems with the field."""
    word = words.fields.get(field, field.value)
    withins = [""] if isinstance(word, str) else WITHIN[field]
    return {words.path(FieldProblem(field, "is wrong", within=within)) for within in withins}


def published(dialect: str) -> set[str]:
    """The names of the properties and parameters in a dialect's contract."""
    names = set()

    def walk(value):
        match value:
            case {"properties": dict(properties)}:
                names.update(properties)
            case {"in": str(), "name": name}:
                names.add(name)
        match value:
            case dict():
                for item in value.values():
                    walk(item)
            case list():
                for item in value:
                    walk(item)

    walk(json.loads((ROOT / f"tests/contracts/{dialect}.json").read_text()))
    return names


# Definitions of the core, and what each leads to.


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(LAYER).with_suffix("").parts).removesuffix(".__init__")


TREES = {module_name(path): ast.parse(path.read_text()) for path in CORE.rglob("*.py")}


def imported(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Each imported name, as a module, or as a module and a name in it."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                place = (whole, "") if whole in TREES else (node.module, alias.name)
                found[alias.asname or alias.name] = place
    return found


def definitions(tree: ast.Module) -> dict[str, ast.AST]:
    found = {}
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = node
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = node
    return found


DEFINITIONS = {module: definitions(tree) for module, tree in TREES.items()}
IMPORTED = {module: imported(tree) for module, tree in TREES.items()}


def references(node: ast.AST, names: dict[str, tuple[str, str]], module: str = ""):
    """The definitions that a node names, as module and name."""
    own = DEFINITIONS.get(module, {})
    for inner in ast.walk(node):
        match inner:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in names:
                if not names[name][1]:
                    yield names[name][0], attribute
            case ast.Name(id=name) if names.get(name, ("", ""))[1]:
                yield names[name]
            case ast.Name(id=name) if name in own:
                yield module, name


def fields_in(node: ast.AST) -> set[FieldName]:
    return {
        FieldName[inner.attr]
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute)
        and isinstance(inner.value, ast.Name)
        and inner.value.id == FieldName.__name__
        and inner.attr in FieldName.__members__
    }


def fields_reached(dialect: str) -> set[FieldName]:
    """The fields in the code of the core that the dialect's functions lead to."""
    followed = ("carillon.usecases", "carillon.domain", f"carillon.dialects.{dialect}.translate")
    waiting, seen, found = [], set(), set()
    for path in (ROOT / "functions" / dialect).rglob("app.py"):
        tree = ast.parse(path.read_text())
        waiting.extend(references(tree, imported(tree)))
    while waiting:
        module, name = place = waiting.pop()
        node = DEFINITIONS.get(module, {}).get(name)
        if place in seen or node is None or not module.startswith(followed):
            continue
        seen.add(place)
        if not module.startswith("carillon.dialects"):
            found |= fields_in(node)
        waiting.extend(references(node, IMPORTED[module], module))
    return found


def literals(tree: ast.Module):
    """The texts in a module, without docstrings."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield text


CORE_MODULES = [
    place
    for part in ("domain", "ports", "usecases")
    for path in sorted((CORE / part).rglob("*.py"))
    if (place := str(path.relative_to(CORE))) not in SPEAKS_OF_THE_WIRE
]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_places_every_field_once(dialect):
    words = words_of(dialect)
    parts = [set(words.fields), set(words.same), set(words.unsaid)]

    assert set.union(*parts) == set(FieldName)
    assert sum(map(len, parts)) == len(FieldName)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_has_a_sentence_for_every_noun(dialect):
    words = words_of(dialect)

    assert set(words.absences) | words.plain == set(Noun)
    assert not set(words.absences) & words.plain
    assert all(words.absences[noun].format(id="x") for noun in words.absences)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialects_words_are_fields_of_its_requests(dialect):
    words, known = words_of(dialect), published(dialect)
    paths = set().union(*(paths_of(words, field) for field in {*words.fields, *words.same}))
    parts = {part for path in paths for part in path.split(".") if part and not part.isdecimal()}
    excused = {word for of, word in NOT_IN_REQUESTS if of == dialect}

    assert len(known) > 30
    assert parts - known == excused


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_has_a_word_for_each_field_that_its_calls_can_get_wrong(dialect):
    words = words_of(dialect)
    excused = {field for of, field in NEVER_WRONG if of == dialect}

    assert fields_reached(dialect) & words.unsaid == excused


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_has_no_word_for_a_field_that_none_of_its_calls_leads_to(dialect):
    words = words_of(dialect)
    adapters = [t for m, t in TREES.items() if m.startswith(("carillon.adapters", "carillon.prov"))]
    behind_ports = set().union(*map(fields_in, adapters))

    assert {*words.fields, *words.same} <= fields_reached(dialect) | behind_ports


def test_every_field_and_noun_is_used():
    text = "\n".join(p.read_text() for p in CORE.rglob("*.py") if p.name != "words.py")

    assert {f.name for f in FieldName} <= set(re.findall(r"FieldName\.(\w+)", text))
    assert {n.name for n in Noun} <= set(re.findall(r"Noun\.(\w+)", text))


@pytest.mark.parametrize("place", CORE_MODULES)
def test_no_literal_of_the_core_is_a_word_of_the_wire(place):
    wire = defaultdict(set)
    for dialect in DIALECTS:
        words = words_of(dialect)
        for field in words.fields:
            for path in paths_of(words, field):
                wire[path].add(dialect)
                wire[path.rpartition(".")[2]].add(dialect)
    ours = {*FieldName, *Noun, *OURS_TOO, ""}
    found = set(literals(ast.parse((CORE / place).read_text())))

    assert [text for text in found if CAMEL_CASE.search(text)] == []
    assert found & (wire.keys() - ours) == set()


def test_the_exceptions_are_needed():
    said = {
        text for place in CORE_MODULES for text in literals(ast.parse((CORE / place).read_text()))
    }

    assert OURS_TOO.keys() <= said
    for place in SPEAKS_OF_THE_WIRE:
        texts = literals(ast.parse((CORE / place).read_text()))
        assert any(CAMEL_CASE.search(text) for text in texts)


def test_a_problem_is_said_with_the_dialects_word_and_a_wire_problem_as_it_is():
    words = words_of("novu")

    assert words.sentence(FieldProblem(FieldName.EVENT_TYPE, "is wrong")) == "workflowId is wrong"
    assert words.sentence(WireProblem("event_type", "is wrong")) == "event_type is wrong"
