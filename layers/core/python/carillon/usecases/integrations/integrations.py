"""Configure providers with a tenant's credentials and targets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Conflict, Invalid, Needed, NotFound, QuotaExceeded
from carillon.domain.base.guards import Guarded, Seen
from carillon.domain.base.problems import FieldProblem, joined
from carillon.domain.base.terms import FieldName
from carillon.domain.base.turns import in_turn
from carillon.domain.integrations.integrations import Condition, Integration
from carillon.ports import TenantPorts
from carillon.ports.integrations import Provider
from carillon.usecases.integrations import lookup
from carillon.usecases.setup import sending_as

HIDDEN = "***"  # shown in place of a stored secret


@dataclass(frozen=True, kw_only=True)
class IntegrationDraft:
    """An integration as requested. None leaves the choice to Carillon."""

    provider: str
    settings: Mapping[str, Any]
    identifier: str | None = None
    name: str = ""
    description: str = ""
    active: bool = True
    primary: bool | None = None
    fallback: int | None = None
    conditions: tuple[Condition, ...] = ()
    made_by: str = ""
    once: bool = False  # whether an equal one (provider, name, settings) is a conflict


@dataclass(frozen=True, kw_only=True)
class ConfiguredIntegration:
    """A stored integration, and its settings without secrets.

    A secret that was made for it just now is in them in clear, this once.
    """

    integration: Integration
    shown: Mapping[str, Any]


def get(id: str, *, ports: TenantPorts) -> ConfiguredIntegration:
    return _as_stored(ports.integrations.get(id), ports)


def all_of(*, ports: TenantPorts) -> Sequence[ConfiguredIntegration]:
    """Return all integrations except endpoints owned by a subscription."""
    return [_as_stored(one, ports) for one in lookup.shared(ports=ports)]


def create(draft: IntegrationDraft, *, ports: TenantPorts) -> ConfiguredIntegration:
    """Create an integration. Raise Conflict when it exists, unless the same request created it."""
    provider = known_provider(draft.provider, ports)
    settings = prepared(provider, draft.settings)
    sending_as.check_senders(provider, settings, ports=ports)

    def attempt() -> ConfiguredIntegration:
        return _create(draft, provider, settings, ports)

    return in_turn(attempt, ports.clock.pause)


def _create(
    draft: IntegrationDraft, provider: Provider, settings: Mapping[str, Any], ports: TenantPorts
) -> ConfiguredIntegration:
    seen = ports.guards.see(Guarded.INTEGRATIONS)
    present = ports.integrations.all(now=True)
    identifier = draft.identifier or ids.suffixed(draft.provider)
    for other in present:
        if draft.made_by and other.made_by == draft.made_by:
            return _as_stored(other, ports)
        if other.identifier == identifier or (draft.once and _is_same(other, draft)):
            raise Conflict(f"An integration {other.identifier!r} exists already", existing=other.id)
    if sum(not other.owner for other in present) >= ports.quotas.integrations:
        raise QuotaExceeded(f"The quota of {ports.quotas.integrations} integrations is used up")
    now = ports.clock.now()
    integration = Integration(
        id=ids.new(),
        identifier=identifier,
        name=draft.name,
        description=draft.description,
        provider=draft.provider,
        channel=provider.channel,
        subscriber_field=provider.subscriber_field,
        settings=settings,
        created_at=now,
        updated_at=now,
        active=draft.active,
        fallback=draft.fallback,
        conditions=draft.conditions,
        made_by=draft.made_by,
        # A channel needs a primary integration, so its first one is, whatever was requested.
        primary=bool(draft.primary) or _primary_of(provider.channel, present) is None,
    )
    rivals = _rivals(integration, present)
    ports.integrations.save(integration, others=rivals, seen=seen)
    return ConfiguredIntegration(
        integration=integration, shown=_shown(provider, settings, given=draft.settings)
    )


def change(
    id: str, changes: Mapping[str, Any], *, settings: Mapping[str, Any], ports: TenantPorts
) -> ConfiguredIntegration:
    """Change fields, and merge settings into those stored (RFC 7396)."""
    return change_from(id, lambda _: (changes, settings), ports=ports)


def change_from(
    id: str,
    changes: Callable[[Integration], tuple[Mapping[str, Any], Mapping[str, Any]]],
    *,
    ports: TenantPorts,
) -> ConfiguredIntegration:
    """Change fields and settings as `change` does, by what is made from the stored integration."""

    def attempt() -> ConfiguredIntegration:
        seen = ports.guards.see(Guarded.INTEGRATIONS)
        stored = ports.integrations.get(id)
        return _change(stored, *changes(stored), seen, ports)

    return in_turn(attempt, ports.clock.pause)


def _change(
    stored: Integration,
    changes: Mapping[str, Any],
    settings: Mapping[str, Any],
    seen: Seen,
    ports: TenantPorts,
) -> ConfiguredIntegration:
    provider = ports.providers.get(stored.provider)
    merged = _merged(stored.settings, settings)
    kept = (
        changed_settings(provider, stored.settings, merged, settings)
        if settings
        else stored.settings
    )
    if settings:
        sending_as.check_senders(provider, kept, ports=ports)
    if changes.get("primary") is False and stored.primary:
        raise Invalid(
            FieldProblem(FieldName.PRIMARY, "must not be false: make another integration primary")
        )
    present = ports.integrations.all(now=True)
    identifier = changes.get("identifier", stored.identifier)
    if any(other.identifier == identifier and other.id != stored.id for other in present):
        raise Conflict(f"An integration {identifier!r} exists already")
    changed = replace(
        stored,
        **changes,
        settings=kept,
        updated_at=ports.clock.now(),
        version=stored.version + 1,
        circuit=None,
    )
    rivals = _rivals(changed, present)
    unique = identifier != stored.identifier or changed.primary
    ports.integrations.save(changed, others=rivals, seen=seen if unique else None)
    return ConfiguredIntegration(integration=changed, shown=_shown(provider, kept, given=merged))


def remove(id: str, *, ports: TenantPorts) -> None:
    """Remove an integration; the oldest of its channel, an active one if any, becomes primary.

    Raise Needed for the endpoint of a subscription, which goes with that.
    """
    in_turn(lambda: remove_now(id, (), ports=ports), ports.clock.pause)


def remove_now(id: str, seen: Sequence[Seen], *, ports: TenantPorts) -> None:
    """Remove an integration, if the sets are as seen; raise Changed, with nothing done, if not."""
    guard = ports.guards.see(Guarded.INTEGRATIONS)
    integration = ports.integrations.get(id)
    if integration.owner:
        raise Needed(f"The integration is the endpoint of subscription {integration.owner!r}")
    heir = _heir(integration, ports.integrations.all(now=True))
    seen = (*seen, guard) if integration.primary else seen
    ports.integrations.remove(id, version=integration.version, heir=heir, seen=seen)


def moved(
    before: Integration,
    after: Integration,
    seen: Seen,
    *,
    given: Mapping[str, Any],
    ports: TenantPorts,
) -> ConfiguredIntegration:
    """Save an integration with another provider, so that each channel has one primary.

    Raise Changed, with nothing done, when it or another integration was changed meanwhile.
    """
    present = [other for other in ports.integrations.all(now=True) if other.id != after.id]
    others: list[Integration] = []
    if before.channel is not after.channel:
        after = replace(after, primary=_primary_of(after.channel, present) is None)
        heir = _heir(before, present)
        others += [heir] if heir else []
    others += _rivals(after, present)
    ports.integrations.save(after, others=others, seen=seen)
    provider = ports.providers.get(after.provider)
    return ConfiguredIntegration(
        integration=after, shown=_shown(provider, after.settings, given=given)
    )


def _heir(gone: Integration, present: Sequence[Integration]) -> Integration | None:
    """Return what becomes primary in a channel: its oldest integration, an active one if any."""
    rest = [
        other
        for other in present
        if other.channel == gone.channel and other.id != gone.id and not other.owner
    ]
    if not (gone.primary and rest):
        return None
    heir = min(rest, key=lambda other: (not other.active, other.id))
    return replace(heir, primary=True, version=heir.version + 1)


def _is_same(other: Integration, draft: IntegrationDraft) -> bool:
    same = (other.provider, other.name) == (draft.provider, draft.name)
    return same and all(other.settings.get(name) == given for name, given in draft.settings.items())


def _rivals(integration: Integration, present: Sequence[Integration]) -> Sequence[Integration]:
    """Return what is primary no more once a primary integration is saved."""
    return [
        replace(other, primary=False, version=other.version + 1)
        for other in present
        if integration.primary
        and other.primary
        and other.channel == integration.channel
        and other.id != integration.id
    ]


def _primary_of(channel: Channel, present: Sequence[Integration]) -> Integration | None:
    return next((i for i in present if i.channel == channel and i.primary), None)


def known_provider(id: str, ports: TenantPorts) -> Provider:
    try:
        return ports.providers.get(id)
    except NotFound:
        known = ", ".join(sorted(ports.providers.ids()))
        raise Invalid(FieldProblem(FieldName.PROVIDER, f"must be one of {known}")) from None


def prepared(provider: Provider, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    problems = provider.check(settings)
    if problems:
        raise Invalid(*problems)
    return provider.prepare(settings)


def changed_settings(
    provider: Provider,
    stored: Mapping[str, Any],
    merged: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Prepare settings that have stored ones among them.

    Raise Invalid where a stored credential would go to a new target: settings are changed by
    callers who may not read secrets.
    """
    settings = prepared(provider, merged)
    problems = [
        FieldProblem(
            FieldName.SETTINGS, f"must be given again: {target} names another server", within=name
        )
        for target, credentials in provider.credentials.items()
        if _server(settings.get(target)) != _server(stored.get(target))
        for name in sorted(credentials)
        if stored.get(name) and name in settings and not _is_given(settings[name], given.get(name))
    ]
    if problems:
        raise Invalid(*problems)
    return settings


def _server(target: str | None) -> tuple[str | None, ...]:
    """Return the scheme, host and port of a URL, or a plain host as it is."""
    parts = urlsplit(target or "")
    return (parts.scheme, parts.netloc) if parts.netloc else (target,)


def _is_given(value: Any, given: Any) -> bool:
    """Tell whether the caller sent all of a setting's value, rather than had it kept."""
    if isinstance(value, Mapping):
        return isinstance(given, Mapping) and all(
            _is_given(item, given.get(name)) for name, item in value.items()
        )
    return given is not None and given != HIDDEN


def _merged(stored: Mapping[str, Any], given: Mapping[str, Any], within: str = "") -> Any:
    """Merge settings as RFC 7396 says; `***` keeps the stored value."""
    merged = dict(stored)
    for name, value in given.items():
        path = joined(within, name)
        before = stored.get(name)
        if value is None:
            merged.pop(name, None)
        elif value == HIDDEN:
            if name not in stored:
                message = f"must not be {HIDDEN}: there is no stored value to keep"
                raise Invalid(FieldProblem(FieldName.SETTINGS, message, within=path))
        elif isinstance(value, Mapping):
            merged[name] = _merged(before if isinstance(before, Mapping) else {}, value, path)
        else:
            merged[name] = value
    return merged


def _as_stored(integration: Integration, ports: TenantPorts) -> ConfiguredIntegration:
    provider = ports.providers.get(integration.provider)
    settings = integration.settings
    return ConfiguredIntegration(
        integration=integration, shown=_shown(provider, settings, given=settings)
    )


def _shown(
    provider: Provider, settings: Mapping[str, Any], *, given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Hide secrets except generated ones, which are shown once."""
    return {
        name: value if name in provider.visible or name not in given else _hidden(value)
        for name, value in settings.items()
    }


def _hidden(value: Any) -> Any:
    match value:
        case str():
            return HIDDEN if value else value
        case Mapping():
            return {name: _hidden(item) for name, item in value.items()}
        case list() | tuple():
            return [_hidden(item) for item in value]
        case _:
            return value
