"""Adding a provider stays one module, one line, its answers and its face (providers/ADDING.md)."""

import ast
from pathlib import Path

import pytest

from carillon.providers.registry import Providers
from local.outbox import replies

ROOT = Path(__file__).parents[2]
CORE = ROOT / "layers/core/python/carillon"
# Words that happen to be a provider's id too, and the lists that dialects publish.
NAMESAKES = {
    (CORE / "domain/base/channels.py", "webhook"),  # the channel
    (CORE / "runtime/observability.py", "apprise"),  # the library's logger
    (CORE / "dialects/sailpoint/translate/templates.py", "msteams"),  # a member of its cards
    (CORE / "adapters/aws/clients.py", "sns"),  # AWS's own name of the service
}
PUBLISHED = {
    CORE / "dialects/novu/schemas/common.py",
    CORE / "dialects/novu/translate/credentials.py",
    CORE / "dialects/confluent/schemas.py",
    CORE / "dialects/sailpoint/translate/common.py",
}
ELSEWHERE = [
    path
    for folder in (CORE, ROOT / "functions")
    for path in folder.rglob("*.py")
    if path.parent.name != "providers" and path not in PUBLISHED
]
NOT_BY_HTTP = {"eventbridge-endpoint", "ses", "smtp", "sns"}
IDS = Providers().ids()


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_depends_on_which_provider_it_is(path):
    words = {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert {word for word in words & set(IDS) if (path, word) not in NAMESAKES} == set()


@pytest.mark.parametrize("id", IDS)
def test_a_provider_has_its_recorded_answers_its_face_and_its_line_of_settings(id):
    name = id.replace("-", "_")

    assert (ROOT / f"tests/unit/providers/vectors/{name}.py").exists()
    assert id in replies.PROVIDERS or id in NOT_BY_HTTP
    assert f"`{id}`" in (ROOT / "functions/admin/README.md").read_text()
