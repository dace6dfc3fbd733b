"""All places that know the providers are in step with the registry (providers/ADDING.md)."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from carillon.dialects.confluent import schemas as confluent
from carillon.dialects.novu.schemas import common as novu
from carillon.dialects.novu.translate import credentials
from carillon.dialects.sailpoint.translate import common as sailpoint
from carillon.domain.base.channels import Channel
from carillon.providers.registry import Providers
from local.outbox import replies

ROOT = Path(__file__).parents[2]
CORE = ROOT / "layers/core/python/carillon"
# Words that happen to be a provider's id too, and the lists that dialects publish.
NAMESAKES = {
    (CORE / "domain/base/channels.py", "webhook"),  # the channel
    (CORE / "runtime/observability.py", "apprise"),  # the library's logger
    (CORE / "dialects/sailpoint/translate/template_texts.py", "msteams"),  # a member of its cards
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
PROVIDERS = Providers()
IDS = PROVIDERS.ids()
EACH = pytest.mark.parametrize("id", IDS)
_README = (ROOT / "functions/admin/README.md").read_text()
# The rows of the table of providers.
SETTINGS = re.search(r"\| provider \| settings .*\n\|[-|]+\n((?:\|.*\n)+)", _README)[1].splitlines()
_NOVUS_README = (ROOT / "functions/novu/README.md").read_text()
OVERRIDES = re.search(r"\| provider \| overrides \|\n\|[-|]+\n((?:\|.*\n)+)", _NOVUS_README)[
    1
].splitlines()


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_depends_on_which_provider_it_is(path):
    words = {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert {word for word in words & set(IDS) if (path, word) not in NAMESAKES} == set()


@EACH
def test_a_provider_has_its_recorded_responses_and_its_face(id):
    name = id.replace("-", "_")

    assert (ROOT / f"tests/unit/providers/vectors/{name}.py").exists()
    assert id in replies.PROVIDERS or id in NOT_BY_HTTP


@EACH
def test_the_readme_names_each_setting_of_a_provider(id):
    [row] = [line for line in SETTINGS if f"`{id}`" in line.split("|")[1]]

    assert {name for name in settings(id) if f"`{name}`" not in row} == set()


def test_the_readme_names_no_provider_that_there_is_not():
    named = {id for line in SETTINGS for id in re.findall(r"`([a-z-]+)`", line.split("|")[1])}

    assert named == set(IDS)


def test_a_provider_has_an_end_to_end_case():
    assert end_to_end_cases() == of_channels(Channel.CHAT, Channel.PUSH, Channel.OTHER)


def test_a_novu_subscriber_may_have_credentials_of_each_provider_with_an_address():
    known = set(get_args(novu.ProviderId.__value__))

    assert known == of_channels(Channel.CHAT, Channel.PUSH, Channel.OTHER)


def test_novu_can_configure_each_provider_but_the_endpoints():
    known = {known.id for known in credentials.PROVIDERS.values()}

    assert known == set(IDS) - of_channels(Channel.WEBHOOK)


@pytest.mark.parametrize("known", credentials.PROVIDERS.values(), ids=lambda known: known.id)
def test_novus_credentials_are_settings_of_the_provider(known):
    chosen_by_form = {"sender"} if known.id == "sns" else set()

    assert set(known.settings.values()) - chosen_by_form <= settings(known.id)


@pytest.mark.parametrize("novus", credentials.PROVIDERS)
def test_novus_readme_names_the_overrides_that_a_provider_takes(novus):
    [row] = [line for line in OVERRIDES if f"`{novus}`" in line.split("|")[1]]
    model = PROVIDERS.get(credentials.PROVIDERS[novus].id).overrides
    own = {field.alias or name for name, field in model.model_fields.items()}

    named = {letters(name) for name in re.findall(r"`([^`]+)`", row.split("|")[2])}
    assert named == {letters(name) for name in own | model.synonyms.keys()}
    assert ("any other" in row) == (model.model_config.get("extra") == "allow")


@pytest.mark.parametrize(("id", "setting"), confluent.KINDS.values())
def test_a_target_of_confluent_is_a_setting_of_its_provider(id, setting):
    assert setting in settings(id)


@pytest.mark.parametrize(("channel", "id"), sailpoint.CHANNELS.values())
def test_a_medium_of_sailpoint_is_the_channel_of_its_provider(channel, id):
    assert not id or PROVIDERS.get(id).channel is channel


def settings(id):
    """The names of a provider's settings, as tenants write them."""
    fields = PROVIDERS.get(id).settings.model_fields
    return {field.alias or name for name, field in fields.items()}


def letters(name):
    """A name as it is read in any spelling."""
    return re.sub(r"[-_]", "", name).casefold()


def of_channels(*channels):
    return {id for id in IDS if PROVIDERS.get(id).channel in channels}


def end_to_end_cases():
    """The keys of CASES, which is not imported: it makes keys and wants a stack."""
    tree = ast.parse((ROOT / "tests/end_to_end/test_providers.py").read_text())
    [cases] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CASES"
    ]
    return {key.value for key in cases.keys}
