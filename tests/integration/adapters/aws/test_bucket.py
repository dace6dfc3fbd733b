"""The contents of attachments, in memory and in S3."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError

from carillon.adapters.aws.bucket import Bucket
from carillon.adapters.aws.clients import Clients
from carillon.domain.base.errors import Unavailable
from carillon.ports import Ports
from tests.integration.conftest import create_bucket

LARGE = bytes(range(256)) * 4096 * 4  # 4 MiB


def test_contents_come_back_byte_for_byte(world: Ports, tenant: str):
    contents = {"i1/a": LARGE, "i1/b": b"", "i2/a": b"c"}

    refused = world.attachments.put(tenant, contents)

    assert refused == frozenset()
    assert {key: world.attachments.find(tenant, key) for key in contents} == contents


def test_a_content_that_is_stored_again_is_there_once(world: Ports, tenant: str):
    for content in (b"a", b"a", b"b"):
        world.attachments.put(tenant, {"i1/a": content})

    assert world.attachments.find(tenant, "i1/a") == b"b"


def test_what_is_gone_is_none(world: Ports, tenant: str, other: str):
    world.attachments.put(other, {"i1/a": b"theirs"})

    assert world.attachments.find(tenant, "i1/a") is None


def test_removing_takes_the_named_ones_and_may_be_repeated(world: Ports, tenant: str, other: str):
    for each in (tenant, other):
        world.attachments.put(each, {"i1/a": b"a", "i1/b": b"b"})

    for _ in range(2):
        world.attachments.remove(tenant, ["i1/a", "i1/never"])

    kept = [world.attachments.find(each, "i1/a") for each in (tenant, other)]
    assert kept == [None, b"a"]
    assert world.attachments.find(tenant, "i1/b") == b"b"


@pytest.mark.parametrize("name", ["acme", "acme/i1", "a%2Fb", "%", "ümlaut"])
def test_no_tenants_name_reaches_into_anothers_prefix(clients: Clients, name: str):
    bucket = create_bucket(clients)
    mine, acme = (Bucket(clients, bucket, tenant) for tenant in (f"{name}x", "acme"))
    mine.put({"a": b"mine"})
    acme.put({"i1x/a": b"acme's"})

    while mine.remove_some():
        pass

    assert mine.find("a") is None
    assert acme.find("i1x/a") == b"acme's"


class Refusing:
    """An S3 that answers every call with one error, or a body."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __getattr__(self, name: str) -> Any:
        return self._call

    def _call(self, **_: Any) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def bucket_that(answer: Any) -> Bucket:
    clients: Any = SimpleNamespace(s3=Refusing(answer))
    return Bucket(clients, "attachments", "acme")


def error(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetObject")


SILENT = ReadTimeoutError(endpoint_url="https://s3.example")


@pytest.mark.parametrize("failure", [error("SlowDown", 503), error("AccessDenied", 403), SILENT])
def test_what_is_not_stored_is_told(failure: Exception):
    assert bucket_that(failure).put({"a": b"1", "b": b"2"}) == {"a", "b"}


@pytest.mark.parametrize("failure", [error("SlowDown", 503), error("InternalError", 500), SILENT])
@pytest.mark.parametrize("call", ["find", "remove", "remove_some"])
def test_a_store_that_does_not_answer_is_unavailable(failure: Exception, call: str):
    bucket = bucket_that(failure)

    with pytest.raises(Unavailable):
        getattr(bucket, call)(*{"find": ["a"], "remove": [["a"]], "remove_some": []}[call])


def test_a_wrong_right_is_not_taken_for_a_content_that_is_gone():
    with pytest.raises(ClientError):
        bucket_that(error("AccessDenied", 403)).find("a")


def test_an_object_that_breaks_off_is_unavailable():
    class Broken(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise IncompleteReadError(actual_bytes=1, expected_bytes=2)

    with pytest.raises(Unavailable):
        bucket_that({"Body": Broken()}).find("a")


def test_an_object_that_is_not_removed_is_told():
    refused = {"Errors": [{"Key": "acme/a", "Code": "InternalError"}]}

    with pytest.raises(Unavailable, match="InternalError"):
        bucket_that(refused).remove(["a"])
