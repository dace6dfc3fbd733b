"""Attachments: files that an event's mails bring along."""

from dataclasses import dataclass

MOST = 20  # attachments of one event
LARGEST = 10 * 1024 * 1024  # bytes of all attachments of one mail, fetched ones included


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file with its content in base64, or with a URL that it is fetched from for each mail.

    The event holds the content, so that it counts towards the event's size. An `inline` file is
    shown in the HTML that names its `content_id`.
    """

    name: str
    mime: str = "application/octet-stream"
    content: str = ""
    url: str = ""
    content_id: str = ""
    inline: bool = False
