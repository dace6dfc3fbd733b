"""The providers, as the rest of the system sees them."""

import subprocess
import sys

import pytest

from carillon import ports
from carillon.domain.errors import NotFound
from carillon.providers import discord, mattermost, msteams, ses, slack, smtp, webhook
from carillon.providers.registry import Providers

# A provider is its module, and the type checker holds each to the protocol.
PROVIDERS: dict[str, ports.Provider] = {
    "discord": discord,
    "mattermost": mattermost,
    "msteams": msteams,
    "ses": ses,
    "slack": slack,
    "smtp": smtp,
    "webhook": webhook,
}


def test_every_provider_is_found_by_its_id():
    providers = Providers()

    assert {id: providers.get(id) for id in providers.ids()} == PROVIDERS


def test_an_unknown_provider_is_not_found():
    with pytest.raises(NotFound):
        Providers().get("pigeon")


@pytest.mark.parametrize("id", PROVIDERS)
def test_getting_one_imports_no_other(id):
    code = (
        "import sys; from carillon.providers.registry import Providers; "
        f"Providers().get({id!r}); print(*(m for m in sys.modules if 'carillon.providers' in m))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=True,
        text=True,
    )

    loaded = {name.rpartition(".")[2] for name in done.stdout.split()}
    assert loaded & PROVIDERS.keys() == {id}


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_secrets_are_not_among_what_may_be_shown(provider):
    assert not provider.visible & {
        "url",
        "secret",
        "webhook_url",
        "bot_token",
        "password",
        "headers",
    }
