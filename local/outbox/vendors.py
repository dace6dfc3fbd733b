"""The services whose address no tenant chooses, and who plays each in the outbox."""

# A host that starts with a dot stands for all names below it.
_HOSTS = {
    ".pushnotifications.pusher.com": "pusher-beams",
    "api.onesignal.com": "one-signal",
    "api.push.apple.com": "apns",
    "api.sandbox.push.apple.com": "apns",
    "chat.stream-io-api.com": "getstream",
    "exp.host": "expo",
    "fcm.googleapis.com": "fcm",
    "graph.facebook.com": "whatsapp-business",
    "oauth2.googleapis.com": "fcm",
    "pushpad.xyz": "pushpad",
    "slack.com": "slack",
}


def detours(outbox_url: str) -> str:
    """What the egress is told, so that their requests come here."""
    return ",".join(f"{host}={outbox_url}/{provider}" for host, provider in _HOSTS.items())
