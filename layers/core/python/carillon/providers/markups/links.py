"""Data in the target of an author's link: it stays the author's one link."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from carillon.providers.markups.authored import Text

# What could end a target, and what no service needs raw in a URL.
_ENCODED = frozenset('<>()[]{}"\\^`|')
_SCRIPT = re.compile(r"\s*(?:javascript|vbscript|data):", re.IGNORECASE)
_NO_URL = ("!", "@", "#")  # of Slack's mentions and dates
_NO_ENTITIES: Mapping[str, str] = {}


def target(text: Text, begin: int, end: int, entities: Mapping[str, str] = _NO_ENTITIES) -> str:
    """Return a place of a link's target, with the data in it encoded where it must be.

    Percent-encoded, or as one of the `entities` where the character may be part of the URL.
    """
    whole = text.whole[begin:end]
    is_url = not whole.startswith(_NO_URL)
    script = _SCRIPT.match(whole)
    colon = begin + script.end() - 1 if script else -1

    def encoded(character: str, at: int) -> str:
        if character.isspace():
            wanted = is_url or character == "\n"
        else:
            wanted = text.is_data(at) and (character in _ENCODED or at == colon)
        if wanted:
            return quote(character, safe="")
        return entities.get(character, character) if text.is_data(at) else character

    return "".join(encoded(character, at) for at, character in enumerate(whole, begin))
