"""Configure providers with a tenant's credentials and targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Conflict, Invalid, Needed, NotFound, QuotaExceeded
from carillon.domain.base.problems import FieldProblem, joined
from carillon.domain.base.terms import FieldName
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
    present = ports.integrations.all()
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
    _save(integration, present, ports=ports)
    return ConfiguredIntegration(
        integration=integration, shown=_shown(provider, settings, given=draft.settings)
    )


def change(
    id: str, changes: Mapping[str, Any], *, settings: Mapping[str, Any], ports: TenantPorts
) -> ConfiguredIntegration:
    """Change fields, and merge settings into those stored (RFC 7396)."""
    stored = ports.integrations.get(id)
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
    present = ports.integrations.all()
    identifier = changes.get("identifier", stored.identifier)
    if any(other.identifier == identifier and other.id != id for other in present):
        raise Conflict(f"An integration {identifier!r} exists already")
    changed = replace(
        stored,
        **changes,
        settings=kept,
        updated_at=ports.clock.now(),
        version=stored.version + 1,
        circuit=None,
    )
    _save(changed, present, ports=ports)
    return ConfiguredIntegration(integration=changed, shown=_shown(provider, kept, given=merged))


def remove(id: str, *, ports: TenantPorts) -> None:
    """Remove an integration; the oldest of its channel, an active one if any, becomes primary.

    Raise Needed for the endpoint of a subscription, which goes with that.
    """
    integration = ports.integrations.get(id)
    if integration.owner:
        raise Needed(f"The integration is the endpoint of subscription {integration.owner!r}")
    ports.integrations.remove(id)
    _name_heir(integration, ports=ports)


def moved(
    before: Integration, after: Integration, *, given: Mapping[str, Any], ports: TenantPorts
) -> ConfiguredIntegration:
    """Save an integration with another provider, so that each channel has one primary."""
    present = [other for other in ports.integrations.all() if other.id != after.id]
    if before.channel is not after.channel:
        after = replace(after, primary=_primary_of(after.channel, present) is None)
    _save(after, present, ports=ports)
    if before.channel is not after.channel:
        _name_heir(before, ports=ports)
    provider = ports.providers.get(after.provider)
    return ConfiguredIntegration(
        integration=after, shown=_shown(provider, after.settings, given=given)
    )


def _name_heir(gone: Integration, *, ports: TenantPorts) -> None:
    """Make the oldest integration of a channel, an active one if any, primary after another."""
    rest = [
        other
        for other in ports.integrations.all()
        if other.channel == gone.channel and other.id != gone.id and not other.owner
    ]
    if gone.primary and rest:
        heir = min(rest, key=lambda other: (not other.active, other.id))
        _set_primary(heir.id, ports=ports, to=True)


def _is_same(other: Integration, draft: IntegrationDraft) -> bool:
    same = (other.provider, other.name) == (draft.provider, draft.name)
    return same and all(other.settings.get(name) == given for name, given in draft.settings.items())


def _save(integration: Integration, present: Sequence[Integration], *, ports: TenantPorts) -> None:
    ports.integrations.save(integration)
    if not integration.primary:
        return
    for other in present:
        rival = other.channel == integration.channel and other.id != integration.id
        if rival and other.primary:
            _set_primary(other.id, ports=ports, to=False)


def _set_primary(id: str, *, ports: TenantPorts, to: bool) -> None:
    """Switch the integration's stored version: a listed one may be outdated."""
    try:
        now = ports.integrations.get(id)
    except NotFound:
        return
    ports.integrations.save(replace(now, primary=to, version=now.version + 1))


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
