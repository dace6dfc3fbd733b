"""One bucket: few and small operations over S3's objects, whose keys begin with their tenant."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from carillon.adapters.aws.clients import Clients, available, code, failures
from carillon.domain.base.errors import Unavailable
from carillon.telemetry.log_context import Pool

_GONE = frozenset({"404", "NoSuchKey"})
_AT_ONCE = 1_000  # objects that one call removes

_log = logging.getLogger(__name__)
# Writes several objects at the same time. Its threads start on first use.
_writers = Pool(max_workers=8, thread_name_prefix="put")


class Bucket:
    """The objects of one tenant."""

    def __init__(self, clients: Clients, name: str, tenant: str) -> None:
        self._clients = clients
        self._name = name
        self._prefix = f"{quote(tenant, safe='')}/"

    def put(self, contents: Mapping[str, bytes]) -> frozenset[str]:
        """Write objects, a call each; return the keys of those that were not written."""
        written = list(_writers.map(self._put, contents.items()))
        return frozenset(key for key, done in zip(contents, written, strict=True) if not done)

    def _put(self, named: tuple[str, bytes]) -> bool:
        key, content = named
        try:
            self._clients.s3.put_object(Bucket=self._name, Key=self._prefix + key, Body=content)
        except failures() as error:
            _log.warning("the bucket refused an object: %s", code(error))
            return False
        return True

    def find(self, key: str) -> bytes | None:
        """Return an object's content, None if there is none; raise Unavailable."""
        try:
            with available("S3"):
                found = self._clients.s3.get_object(Bucket=self._name, Key=self._prefix + key)
                return _whole(found["Body"])
        except failures() as error:
            if code(error) in _GONE:
                return None
            raise

    def remove(self, keys: Sequence[str]) -> None:
        """Remove objects, which may be gone already; raise Unavailable."""
        for start in range(0, len(keys), _AT_ONCE):
            some = [self._prefix + key for key in keys[start : start + _AT_ONCE]]
            self._remove(some)

    def remove_some(self) -> bool:
        """Remove up to a thousand of the tenant's objects; return whether there may be more."""
        with available("S3"):
            found = self._clients.s3.list_objects_v2(
                Bucket=self._name, Prefix=self._prefix, MaxKeys=_AT_ONCE
            )
        if keys := [one["Key"] for one in found.get("Contents", [])]:
            self._remove(keys)
        return found["IsTruncated"]

    def _remove(self, keys: Sequence[str]) -> None:
        with available("S3"):
            answer = self._clients.s3.delete_objects(
                Bucket=self._name,
                Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True},
            )
        if refused := answer.get("Errors"):
            raise Unavailable(f"S3 left {len(refused)} objects: {refused[0].get('Code')}")


def _whole(body: Any) -> bytes:
    """Read a response to its end; raise Unavailable for one that breaks off or was changed."""
    from botocore.exceptions import (  # noqa: PLC0415  # half of a cold start
        FlexibleChecksumError,
        IncompleteReadError,
    )

    try:
        content: bytes = body.read()
    except (IncompleteReadError, FlexibleChecksumError) as error:
        raise Unavailable("S3 did not send all of an object") from error
    return content
