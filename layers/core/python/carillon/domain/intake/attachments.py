"""Attachments: files that an event's mails bring along."""

from dataclasses import dataclass

MOST = 20  # attachments of one event
LARGEST = 10 * 1024 * 1024  # bytes of all attachments of one mail, fetched ones included
# Bytes of the contents that come with one event: in base64 they leave a request of 6 MB, which is
# Lambda's limit, enough room for the largest event and for what Lambda adds.
LARGEST_GIVEN = 4 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file with its content in base64, or where the content is found.

    That is a `url`, which it is fetched from for each mail, or the `key` of a content that did not
    fit the event, in the store of attachments. An `inline` file is shown in the HTML that names its
    `content_id`.
    """

    name: str
    mime: str = "application/octet-stream"
    content: str = ""
    url: str = ""
    key: str = ""
    content_id: str = ""
    inline: bool = False

    @property
    def size(self) -> int:
        """The content's bytes, if the event has it in base64; 0 otherwise."""
        return len(self.content) * 3 // 4 - self.content[-2:].count("=")
