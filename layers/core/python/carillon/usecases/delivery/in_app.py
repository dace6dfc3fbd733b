"""In-app messages: a delivery is one write into its subscriber's feed."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from carillon.domain.activity.feeds import Button, FeedMessage
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import InApp, Message
from carillon.domain.delivery.deliveries import Delivery, EventDetails, Outcome, Result
from carillon.ports import TenantPorts

LARGEST = 32 * 1024  # bytes of text and links: a page of a feed has a hundred messages
_LINK_SCHEMES = frozenset({"", "http", "https"})  # the application resolves a relative link

type Rendered = Callable[[str], str]


def add(
    delivery: Delivery,
    event_details: EventDetails,
    message: Message,
    shown: InApp,
    variables: Mapping[str, Any],
    *,
    ports: TenantPorts,
) -> Result:
    """Add the message to its subscriber's feed, if it is not there: repeating changes nothing."""
    warnings = list(message.warnings)

    def rendered(source: str) -> str:
        text, broken = ports.renderer.text(source, variables)
        warnings.extend(broken)
        return text.strip()

    found = FeedMessage(
        id=delivery.id,
        subscriber=delivery.subscriber or "",
        invocation=delivery.invocation,
        application=event_details.application,
        event=event_details.event,
        at=event_details.accepted_at,
        subject=message.subject,
        text=message.text,
        avatar=_link(rendered(shown.avatar)),
        url=_link(rendered(shown.url)),
        buttons=_buttons(shown, rendered),
    )
    if _size(found) > LARGEST:
        raise Invalid(FieldProblem(FieldName.BODY, f"makes a message of more than {LARGEST} bytes"))
    ports.feeds.add(found)
    return Result(outcome=Outcome.SENT, message_id=delivery.id, warnings=tuple(warnings))


def _size(message: FeedMessage) -> int:
    buttons = (text for button in message.buttons.values() for text in (button.label, button.url))
    texts = (message.subject, message.text, message.avatar, message.url, *buttons)
    return sum(len(text.encode(errors="replace")) for text in texts)


def _buttons(shown: InApp, rendered: Rendered) -> Mapping[str, Button]:
    of_kind = {
        "primary": (shown.primary, shown.primary_url),
        "secondary": (shown.secondary, shown.secondary_url),
    }
    labels = {kind: rendered(label) for kind, (label, _) in of_kind.items()}
    return {
        kind: Button(label=label, url=_link(rendered(of_kind[kind][1])))
        for kind, label in labels.items()
        if label
    }


def _link(url: str) -> str:
    """Return the URL, or nothing: a payload must not become a script in a reader's browser."""
    try:
        return url if urlsplit(url).scheme in _LINK_SCHEMES else ""
    except ValueError:
        return ""
