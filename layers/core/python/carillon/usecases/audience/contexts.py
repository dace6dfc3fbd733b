"""Manage contexts: the caller's own sub-tenants, named in a trigger."""

from dataclasses import replace

from carillon.domain.audience import contexts
from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.base.errors import NotFound
from carillon.domain.base.numbering import needed
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun
from carillon.domain.base.turns import in_turn
from carillon.ports import TenantPorts


def create(context: Context, *, ports: TenantPorts) -> Context:
    """Raise Conflict when the identifier is taken, Invalid for too much data."""
    contexts.check_data(context.data)
    ports.contexts.add(context)
    return context


def get(identifier: str, *, ports: TenantPorts) -> Context:
    found = ports.contexts.get_many([identifier]).get(identifier)
    if found is None:
        raise NotFound(Noun.CONTEXT, identifier)
    return found


def change(
    changes: ContextChanges, *, identifier: str | None = None, ports: TenantPorts
) -> Context:
    """Change it, also by another identifier. Raise Conflict when that one is taken."""
    contexts.check_data(changes.data)

    def attempt() -> Context:
        before = get(changes.identifier, ports=ports)
        after = contexts.merge(before, changes, ports.clock.now())
        if identifier not in {None, before.identifier}:
            now = ports.clock.now()
            after = replace(after, identifier=identifier or "", updated_at=now, version=1)
            ports.contexts.rename(before, after)
        elif after is not before:
            ports.contexts.save(after)
        return after

    return in_turn(attempt, ports.clock.pause)


def numbered(page: int, size: int, *, ports: TenantPorts) -> Page[Context]:
    """Return a page by its number; raise Invalid for one too far into the list."""
    read = ports.contexts.list(None, needed(page, size))
    return Page(read.items[page * size :], read.cursor)
