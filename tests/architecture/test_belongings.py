"""Whatever is kept of a tenant is removed with it."""

import inspect

from carillon.adapters import belongings, keys
from carillon.domain.invocations import TopicPage

COVERED = {builder for some in belongings.COVERED.values() for builder in some}


def builders():
    """The functions of adapters/keys.py whose keys are of one tenant."""
    for name, function in inspect.getmembers(keys, inspect.isfunction):
        own = function.__module__ == keys.__name__ and not name.startswith("_")
        parameters = inspect.signature(function).parameters.values()
        if own and any(p.name == "tenant" or p.annotation is TopicPage for p in parameters):
            yield function


def test_a_tenants_deletion_knows_every_key_that_it_has():
    forgotten = {builder.__name__ for builder in set(builders()) - COVERED}

    assert not forgotten, (
        f"Nothing removes what {sorted(forgotten)} hold when their tenant is deleted: say in"
        " adapters/belongings.py how it is found, and fill it in the contract test"
        " tests/integration/adapters/test_belongings.py"
    )


def test_a_tenants_deletion_knows_no_key_that_there_is_not():
    assert set(builders()) >= COVERED
