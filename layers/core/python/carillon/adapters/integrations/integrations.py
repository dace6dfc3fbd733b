"""Integrations in the tenants table."""

from collections.abc import Sequence
from dataclasses import replace

from carillon.adapters.aws import codecs, keys
from carillon.adapters.aws.conditions import PRESENT, ConditionFailed
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.domain.base.errors import NotFound
from carillon.domain.base.terms import Noun
from carillon.domain.integrations.integrations import Circuit, Integration


class DynamoIntegrations:
    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def all(self, *, now: bool = False) -> Sequence[Integration]:  # noqa: ARG002
        return [
            _integration(item) for item in self._table.query(keys.integrations(self._tenant)).items
        ]

    def get(self, id: str) -> Integration:
        item = self._table.get(keys.within(keys.integrations(self._tenant), id))
        if item is None:
            raise NotFound(Noun.INTEGRATION, id)
        return _integration(item)

    def save(self, integration: Integration) -> None:
        key = keys.within(keys.integrations(self._tenant), integration.id)
        content = codecs.dump(replace(integration, circuit=None))
        self._table.write(Put({**key._asdict(), "data": content, "version": integration.version}))

    def switch(self, integration: Integration, circuit: Circuit | None) -> bool:
        """Set the circuit, an attribute of its own, so that a worker overwrites no settings."""
        key = keys.within(keys.integrations(self._tenant), integration.id)
        now = {"circuit": codecs.dump(circuit)} if circuit else {}
        before = {"before": codecs.dump(integration.circuit)} if integration.circuit else {}
        unchanged = "#circuit = :before" if before else "attribute_not_exists(#circuit)"
        try:
            self._table.update(
                key,
                "SET #circuit = :circuit" if now else "REMOVE #circuit",
                f"#version = :version AND {unchanged}",
                {**now, **before, "version": integration.version},
            )
        except ConditionFailed:
            return False
        return True

    def remove(self, id: str) -> None:
        try:
            self._table.write(Delete(keys.within(keys.integrations(self._tenant), id), PRESENT))
        except ConditionFailed:
            raise NotFound(Noun.INTEGRATION, id) from None


def _integration(item: Item) -> Integration:
    integration = codecs.load(Integration, str(item["data"]))
    circuit = item.get("circuit")
    return (
        replace(integration, circuit=codecs.load(Circuit, str(circuit))) if circuit else integration
    )
