"""The services with fixed addresses, whose requests go to the outbox instead."""

from collections.abc import Mapping

from local.outbox import replies


def stand_ins(outbox_url: str) -> Mapping[str, str]:
    """Return the outbox's URL for each host that it plays."""
    return {
        host: f"{outbox_url}/{provider}"
        for provider in replies.PROVIDERS
        for host in replies.face(provider).HOSTS
    }
