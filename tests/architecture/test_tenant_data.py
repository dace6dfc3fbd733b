"""Whatever is kept of a tenant is removed with it."""

import inspect

from carillon.adapters.aws import keys
from carillon.adapters.tenancy import tenant_data
from carillon.domain.delivery.invocations import TopicPage

COVERED = {builder for some in tenant_data.COVERED.values() for builder in some}


def builders():
    """The functions of adapters/aws/keys.py whose keys are of one tenant."""
    for name, function in inspect.getmembers(keys, inspect.isfunction):
        own = function.__module__ == keys.__name__ and not name.startswith("_")
        parameters = inspect.signature(function).parameters.values()
        if own and any(p.name == "tenant" or p.annotation is TopicPage for p in parameters):
            yield function


def test_a_tenants_deletion_knows_every_key_that_it_has():
    forgotten = {builder.__name__ for builder in set(builders()) - COVERED}

    assert not forgotten, (
        f"Nothing removes what {sorted(forgotten)} hold when their tenant is deleted: say in"
        " adapters/tenancy/tenant_data.py how it is found, and fill it in the contract test"
        " tests/integration/adapters/tenancy/test_tenant_data.py"
    )


def test_a_tenants_deletion_knows_no_key_that_there_is_not():
    assert set(builders()) >= COVERED
