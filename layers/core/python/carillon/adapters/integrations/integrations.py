"""Integrations in the tenants table."""

from collections.abc import Sequence
from dataclasses import replace

from carillon.adapters.aws import codecs, guards, keys
from carillon.adapters.aws.conditions import PRESENT, ConditionFailed, still
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.integration_items import written
from carillon.adapters.aws.table import Delete, Table
from carillon.domain.base.errors import Changed, NotFound
from carillon.domain.base.guards import Seen
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

    def save(
        self,
        integration: Integration,
        *,
        others: Sequence[Integration] = (),
        seen: Seen | None = None,
    ) -> None:
        actions = [written(self._tenant, each) for each in (integration, *others)]
        if seen:
            actions.append(guards.moved(self._tenant, seen))
        try:
            if len(actions) > 1:
                self._table.transact(*actions)
            else:
                self._table.write(*actions)
        except ConditionFailed:
            raise Changed(f"Integration {integration.identifier!r}") from None

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

    def remove(
        self,
        id: str,
        *,
        version: int | None = None,
        heir: Integration | None = None,
        seen: Sequence[Seen] = (),
    ) -> None:
        condition = (PRESENT, {}) if version is None else still(version)
        gone = Delete(keys.within(keys.integrations(self._tenant), id), *condition)
        with_it = [written(self._tenant, heir)] if heir else []
        with_it += [guards.moved(self._tenant, each) for each in seen]
        try:
            if with_it:
                self._table.transact(gone, *with_it)
            else:
                self._table.write(gone)
        except ConditionFailed as failed:
            if version is None and failed.first:
                raise NotFound(Noun.INTEGRATION, id) from None
            raise Changed(f"Integration {id!r}") from None


def _integration(item: Item) -> Integration:
    integration = codecs.load(Integration, str(item["data"]))
    circuit = item.get("circuit")
    return (
        replace(integration, circuit=codecs.load(Circuit, str(circuit))) if circuit else integration
    )
