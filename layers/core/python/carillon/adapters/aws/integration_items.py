"""Integrations as items: written alone, and with the subscription whose endpoint one is."""

from dataclasses import replace

from carillon.adapters.aws import codecs, keys
from carillon.adapters.aws.conditions import follows
from carillon.adapters.aws.table import Put
from carillon.domain.integrations.integrations import Integration


def written(tenant: str, integration: Integration) -> Put:
    """Write the next version of an integration; this closes its circuit."""
    key = keys.within(keys.integrations(tenant), integration.id)
    content = codecs.dump(replace(integration, circuit=None))
    item = {**key._asdict(), "data": content, "version": integration.version}
    return Put(item, *follows(integration.version))
