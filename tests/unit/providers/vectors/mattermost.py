"""Mattermost: its server's own handler of incoming webhooks.

https://github.com/mattermost/mattermost/blob/master/server/channels/web/webhook.go
https://github.com/mattermost/mattermost/blob/master/server/channels/app/webhook.go
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, PLACE, RETRY, SENT, UNSURE, Vector

DOCS = "https://github.com/mattermost/mattermost/blob/master/server/channels/web/webhook.go"

VECTORS = [
    Vector(200, "ok", SENT, ""),
    Vector(200, "<html>login</html>", UNSURE, "unreadable_answer"),
    Vector(
        400, '{"id": "web.incoming_webhook.invalid.app_error"}', CONFIG, "invalid", concerns=PLACE
    ),
    Vector(400, '{"id": "web.incoming_webhook.text.app_error"}', BAD, "text"),
    Vector(400, '{"id": "web.incoming_webhook.parse.app_error"}', BAD, "parse"),
    Vector(
        404, '{"id": "web.incoming_webhook.channel.app_error"}', CONFIG, "channel", concerns=PLACE
    ),
    Vector(
        501, '{"id": "web.incoming_webhook.disabled.app_error"}', CONFIG, "disabled", concerns=PLACE
    ),
    Vector(404, "404 page not found", CONFIG, "http_404", concerns=PLACE),
    Vector(400, '{"id": "api.something.new.app_error"}', BAD, "http_400"),
    Vector(413, "", BAD, "http_413"),
    Vector(429, "", RETRY, "http_429"),
    Vector(500, '{"id": "web.incoming_webhook.general.app_error"}', RETRY, "http_500"),
    *(
        Vector(403, f'{{"id": "web.incoming_webhook.{word}.app_error"}}', CONFIG, word)
        for word in ("channel_locked", "permissions", "user")
    ),
]
