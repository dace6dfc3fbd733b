"""The services whose address no tenant chooses: the outbox takes their requests."""

from local.outbox import replies


def detours(outbox_url: str) -> str:
    """What the egress is told, so that they come here."""
    return ",".join(
        f"{host}={outbox_url}/{provider}"
        for provider in sorted(replies.PROVIDERS)
        for host in replies.face(provider).HOSTS
    )
