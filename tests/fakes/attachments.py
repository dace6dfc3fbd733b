"""In memory: the contents of attachments that do not fit their event."""

from collections.abc import Mapping, Sequence

from carillon.domain.base.errors import Unavailable


class Attachments:
    """`refuses` says which are not stored; while `silent`, nothing is read or removed."""

    def __init__(self) -> None:
        self.contents: dict[tuple[str, str], bytes] = {}
        self.refuses: set[bytes] = set()
        self.silent = False

    def put(self, tenant: str, contents: Mapping[str, bytes]) -> frozenset[str]:
        refused = frozenset(key for key, one in contents.items() if one in self.refuses)
        kept = {key: one for key, one in contents.items() if key not in refused}
        self.contents |= {(tenant, key): one for key, one in kept.items()}
        return refused

    def find(self, tenant: str, key: str) -> bytes | None:
        self._answer()
        return self.contents.get((tenant, key))

    def remove(self, tenant: str, keys: Sequence[str]) -> None:
        self._answer()
        for key in keys:
            self.contents.pop((tenant, key), None)

    def _answer(self) -> None:
        if self.silent:
            raise Unavailable("S3 is not available")
