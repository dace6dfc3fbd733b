"""Apprise: which of its URLs are taken, and what of the library they stand for."""

import inspect
import re
import sys

import pytest
from apprise.manager_plugins import NotificationManager

from carillon.domain.base.errors import Invalid
from carillon.providers.apprise import SCHEMES
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message

apprise = Providers().get("apprise")

# What a service that only speaks HTTP has no use for.
_OTHER_WAYS = re.compile(
    r"^\s*(?:import|from)\s+(?:socket|smtplib|subprocess|dbus|gi|paho|slixmpp|ssl|asyncio|http"
    r"|urllib\.request|select|threading|gntp|paramiko|websocket)\b|key_?file|AttachFile\(|\bsleep\(",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def plugins():
    manager = NotificationManager()
    manager.load_modules()
    return manager


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_an_allowed_service_speaks_http_reads_no_file_and_does_not_sleep(plugins, scheme):
    assert scheme in plugins.schemas()

    source = inspect.getsource(sys.modules[plugins[scheme].__module__])
    assert "requests." in source
    assert not _OTHER_WAYS.search(source)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tgram:",
        "https://example.com/hook",
        "file:///etc/passwd",
        "syslog://",
        "dbus://",
        "mailto://user:pass@example.com",
        "vapid:///etc/key.pem",
        "fcm://project/token?keyfile=/etc/key.json",
        "rsyslog://example.com",
        "mqtt://127.0.0.1",
        "tgram://token/chat\r\nx",
        "tgram://" + "x" * 3000,
    ],
)
def test_no_other_url_is_an_address(url):
    assert apprise.check({"webhook_url": url})
    with pytest.raises(Invalid):
        apprise.build(message(), {"webhook_url": url}, {})


def test_title_and_text_are_the_librarys_to_place():
    request = apprise.build(message(), {"webhook_url": "TGRAM://token/chat"}, {})

    assert (request.url, request.title, request.body) == (
        "TGRAM://token/chat",
        "Shipped",
        "It is on its way.",
    )
    assert "token" not in repr(request)


def test_a_title_alone_is_a_text():
    request = apprise.build(message(text=""), {}, {"webhook_url": "ntfys://topic"})

    assert (request.title, request.body) == ("", "Shipped")


def test_an_empty_message_is_never_sent():
    with pytest.raises(Invalid):
        apprise.build(message(subject="", text=""), {"webhook_url": "ntfys://topic"}, {})
