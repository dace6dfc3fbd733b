"""The providers, as the rest of the system sees them."""

from importlib import import_module

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NotFound
from carillon.providers.provider import Provider
from carillon.providers.registry import Providers
from tests.architecture import importing

PROVIDERS = Providers()
EACH = pytest.mark.parametrize("id", PROVIDERS.ids())


@EACH
def test_a_module_defines_the_provider_of_its_name(id):
    provider = PROVIDERS.get(id)

    assert provider.id == id
    assert isinstance(provider, Provider)
    assert isinstance(provider.channel, Channel)


@EACH
def test_what_may_be_shown_again_is_a_setting(id):
    provider = PROVIDERS.get(id)
    fields = provider.settings.model_fields.items()

    assert provider.visible <= {field.alias or name for name, field in fields}


@EACH
def test_a_subscribers_own_field_is_one_of_the_address(id):
    provider = PROVIDERS.get(id)

    assert provider.subscriber_field in {None, *provider.address.model_fields}


@EACH
def test_it_says_where_its_service_documents_what_it_does(id):
    documentation = import_module(f"carillon.providers.{id.replace('-', '_')}").__doc__

    assert "http" in documentation


def test_an_unknown_provider_is_not_found():
    with pytest.raises(NotFound):
        PROVIDERS.get("pigeon")


@pytest.fixture(scope="module")
def modules_after():
    with importing.after("carillon.providers.registry") as ask:
        yield ask


@EACH
def test_getting_one_imports_no_other(modules_after, id):
    names = modules_after(f"sys.modules['carillon.providers.registry'].Providers().get({id!r})")

    loaded = {name.rpartition(".")[2].replace("_", "-") for name in names if ".providers." in name}
    assert loaded & set(PROVIDERS.ids()) == {id}


@EACH
def test_what_may_be_shown_again_is_no_secret(id):
    secrets = {"api_key", "api_secret", "auth_token", "bot_token", "headers", "key", "password"}
    secrets |= {"access_token", "secret", "secret_key", "service_account", "url", "webhook_url"}

    assert not PROVIDERS.get(id).visible & secrets


@EACH
def test_settings_of_nonsense_are_a_problem_and_are_not_repeated(id):
    problems = PROVIDERS.get(id).check({"pigeon": "hunter2"})

    assert problems
    assert "hunter2" not in str(problems)
