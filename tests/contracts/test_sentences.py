"""Each sentence of the published pages is held by tests, and these exist (SENTENCES.md)."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (Path(__file__).parent / "SENTENCES.md").read_text()
ROWS = [
    row.strip("| ").split(" | ")
    for row in TEXT.splitlines()
    if row.startswith("| ") and not row.startswith("| sentence |")
]
PAGES = 5


@cache
def known_in(path):
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_page_has_its_sentences():
    pages = TEXT.split("\n## ")[1:]

    assert len(pages) == PAGES
    assert all(page.count("\n| ") > 8 for page in pages)


@pytest.mark.parametrize(("sentence", "tests"), ROWS, ids=[row[0][:60] for row in ROWS])
def test_a_sentence_is_held_by_tests_that_exist(sentence, tests):
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", tests)

    assert sentence
    assert named
    assert re.sub(r"`tests/[\w/]+\.py::test_\w+`", "", tests).strip() == ""
    for path, name in named:
        assert name in known_in(path), f"{path} has no {name}"
