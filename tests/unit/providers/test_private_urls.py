"""No provider's settings or addresses hold a URL or host that is not of the public internet."""

import pytest
from pydantic import BaseModel

from carillon.providers.registry import Providers
from carillon.providers.settings import Url
from tests.builders import SETTINGS

PROVIDERS = Providers()
INSIDE = "https://169.254.169.254/latest"
# Fields that are hosts or URLs of their own kind.
OTHERS = {("smtp", "host"): "127.1", ("apprise", "webhook_url"): "json://127.0.0.1/"}


def with_urls():
    """Yield each field of a provider's settings that is a URL."""
    for id in PROVIDERS.ids():
        for name, field in PROVIDERS.get(id).settings.model_fields.items():
            if Url in (field.annotation, *getattr(field.annotation, "__args__", ())):
                yield id, field.alias or name
    yield from OTHERS


@pytest.mark.parametrize(("id", "name"), [*with_urls()])
def test_settings_name_no_place_inside(id, name):
    given = {**SETTINGS.get(id, {}), name: OTHERS.get((id, name), INSIDE)}

    problems = PROVIDERS.get(id).check(given)

    told = {problem.within: problem.message for problem in problems}
    assert told[name] == "must not name a host outside the public internet"


def test_there_are_such_fields():
    assert len([*with_urls()]) > 5
    assert issubclass(PROVIDERS.get("webhook").settings, BaseModel)
