"""What the functions run on is decided by the template, and by nothing else in the environment."""

import re
from pathlib import Path

import pytest

from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.delivery.transport import HttpRequest, NoAnswer
from carillon.runtime import wiring

TEMPLATE = (Path(__file__).parents[3] / "template.yaml").read_text()


class Asked(dict):
    """An environment that remembers what was asked of it, and has an answer to everything."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def __missing__(self, name):
        self.names.add(name)
        return "1"

    def get(self, name, default=None):
        self.names.add(name)
        return default


@pytest.fixture
def environment(monkeypatch):
    asked = Asked()
    monkeypatch.setattr(wiring.os, "environ", asked)
    yield asked
    wiring._on_aws.cache_clear()
    wiring.limits.cache_clear()


@pytest.mark.parametrize("fresh", [True, False])
def test_every_setting_that_is_read_is_the_templates(environment, fresh):
    wiring.ports(fresh=fresh)
    wiring.limits()

    declared = set(re.findall(r"^        ([A-Z_]+): ", TEMPLATE, re.MULTILINE))
    assert environment.names == declared - {
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    }


def test_no_setting_opens_the_way_to_this_machine(environment):
    egress = wiring.ports().egress

    with pytest.raises(NoAnswer) as raised:
        egress.send(HttpRequest(method="POST", url="http://127.0.0.1:1/"))

    assert raised.value.result.code == "address_not_allowed"
    assert raised.value.result.outcome is Outcome.CONFIG


def test_functions_share_their_ports(environment):
    assert wiring.ports() is wiring.ports(fresh=False)
    assert wiring.ports(fresh=True) is not wiring.ports()
    assert wiring.limits() is wiring.limits()
