"""The demo tenant, created through the admin API as any tenant is."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import requests

from local import demo_tenant as demo_contents
from local import deploy
from local.aws import Emulated
from local.options import Unable

_TENANT = "demo"
_SCOPES = ["admin", "audience", "activity", "event:trigger", "event:list"]


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """The demo tenant's credentials. `contents` is the hash of the seed it was filled from."""

    api_key: str
    key_id: str
    key_secret: str
    contents: str = ""

    def described(self) -> dict[str, str]:
        """Return its entry in stack.json."""
        return {
            "id": _TENANT,
            "api_key": self.api_key,
            "key_id": self.key_id,
            "key_secret": self.key_secret,
            "organization": _TENANT,
            "project": "default",
            "application": "default",
            "webhook_secret": demo_contents.WEBHOOK_SECRET,
        }

    @classmethod
    def of(cls, key: Mapping[str, Any]) -> Self:
        return cls(api_key=key["api_key"], key_id=key["id"], key_secret=key["secret"])


class Admin:
    """A client of the admin API."""

    def __init__(self, base_url: str, key: str) -> None:
        self._base = f"{base_url}/admin/v1"
        self._session = requests.Session()
        self._session.trust_env = False  # ignore proxies and .netrc
        self._session.headers["authorization"] = f"Bearer {key}"

    def ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self._session.request(method, self._base + path, json=body, timeout=30)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self._content(self.ask(method, path, body))

    def create(self, collection: str, body: Any) -> Any:
        """Create an object and return it; None if it exists."""
        answer = self.ask("POST", collection, body)
        return None if answer.status_code == HTTPStatus.CONFLICT else self._content(answer)

    @staticmethod
    def _content(answer: requests.Response) -> Any:
        if not answer.ok:
            asked = f"{answer.request.method} {answer.request.path_url}"
            raise Unable(
                f"The demo tenant cannot be created: {asked} answers"
                f" {answer.status_code} {answer.text[:500]}"
            )
        return answer.json() if answer.content else None


def operator_key(environment: Mapping[str, str], emulated: Emulated) -> str:
    """Return the installation's operator key from Secrets Manager; empty if it has none."""
    secret = environment.get("OPERATOR_KEY_SECRET")
    if not secret:
        return ""
    secrets = deploy.client(emulated, "secretsmanager")
    return str(secrets.get_secret_value(SecretId=secret)["SecretString"])


def demo_tenant(base_url: str, outbox_url: str, operator: str, remembered: Path) -> Tenant:
    """Create or update the demo tenant, and store its key in `remembered`."""
    wanted = demo_contents.contents(outbox_url)
    fingerprint = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
    tenant = _remembered(base_url, remembered)
    if tenant and tenant.contents == fingerprint:
        return tenant
    if tenant is None:
        tenant = _create(Admin(base_url, operator))
    _fill(Admin(base_url, tenant.api_key), wanted)
    tenant = Tenant(**{**asdict(tenant), "contents": fingerprint})
    remembered.write_text(json.dumps(asdict(tenant)))
    remembered.chmod(0o600)
    return tenant


def _remembered(base_url: str, path: Path) -> Tenant | None:
    """Return the stored tenant if its key still works."""
    try:
        tenant = Tenant(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return tenant if Admin(base_url, tenant.api_key).ask("GET", "/event-types?limit=1").ok else None


def _create(operator: Admin) -> Tenant:
    created = operator.create(
        "/tenants", {"id": _TENANT, "name": "Demo", "senders": ["carillon.example"]}
    )
    if created:
        return Tenant.of(created["key"])
    wanted = {"name": "demo", "scopes": _SCOPES}  # the tenant exists, but its key is lost
    return Tenant.of(operator.call("POST", f"/tenants/{_TENANT}/keys", wanted))


def _fill(admin: Admin, wanted: Mapping[str, Any]) -> None:
    """Create the missing objects and update the others."""
    for integration in wanted["integrations"]:
        _configure(admin, integration)
    for event in wanted["event_types"]:
        slug = event["slug"]
        declared = {name: value for name, value in event.items() if name != "templates"}
        if not admin.create("/event-types", declared):
            changes = {name: value for name, value in declared.items() if name != "slug"}
            admin.call("PATCH", f"/event-types/{slug}", changes)
        for template in event["templates"]:
            admin.call("PUT", f"/event-types/{slug}/templates", template)
    admin.call("POST", "/subscribers", {"subscribers": wanted["subscribers"]})
    admin.call("POST", "/topics", {"topics": wanted["topics"]})
    _subscribe(admin, wanted["subscriptions"])


def _configure(admin: Admin, integration: Mapping[str, Any]) -> None:
    for present in _all(admin, "/integrations"):
        if present["identifier"] == integration["identifier"]:
            changes = {"name": integration["name"], "settings": integration["settings"]}
            admin.call("PATCH", f"/integrations/{present['id']}", changes)
            return
    admin.call("POST", "/integrations", integration)


def _subscribe(admin: Admin, wanted: list[dict[str, Any]]) -> None:
    """Create the missing subscriptions, found by event type and target."""
    integrations = {each["identifier"]: each["id"] for each in _all(admin, "/integrations")}
    existing = [(each["event_type"], each["target"]) for each in _all(admin, "/subscriptions")]
    for subscription in wanted:
        target = {"integration": integrations[subscription["integration"]]}
        if (subscription["event_type"], target) not in existing:
            body = {"event_type": subscription["event_type"], "target": target}
            admin.call("POST", "/subscriptions", body | {"name": subscription["name"]})


def _all(admin: Admin, collection: str) -> list[dict[str, Any]]:
    return list(admin.call("GET", f"{collection}?limit=100")["items"])
