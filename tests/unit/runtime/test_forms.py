"""Queries and forms are read as Express reads them, within limits."""

import time

import pytest
from pydantic import BaseModel, ConfigDict, StrictBool

from carillon.dialects.novu import dialect as novu
from carillon.domain.base.errors import Malformed
from carillon.runtime import forms
from carillon.runtime.endpoint import Call, endpoint, methods
from functions.confluent.exchange_token.app import handler as exchange_token
from functions.sailpoint.oauth_token.app import handler as issue_token
from tests import builders as a
from tests import gateway

FORM = "application/x-www-form-urlencoded"


def nested(text):
    return forms.nested(forms.urlencoded(text))


# Of qs's own documentation: https://www.npmjs.com/package/qs
@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("foo[bar]=baz", {"foo": {"bar": "baz"}}),
        ("foo%5Bbar%5D=baz", {"foo": {"bar": "baz"}}),
        ("foo[bar][baz]=foobarbaz", {"foo": {"bar": {"baz": "foobarbaz"}}}),
        ("a[]=b&a[]=c", {"a": ["b", "c"]}),
        ("a[1]=c&a[0]=b", {"a": ["b", "c"]}),
        ("a[1]=b&a[15]=c", {"a": ["b", "c"]}),
        ("a[]=&a[]=b", {"a": ["", "b"]}),
        ("a[][b]=c", {"a": [{"b": "c"}]}),
        ("a=b&a=c", {"a": ["b", "c"]}),
        ("a[2026]=b", {"a": {"2026": "b"}}),
        ("a.b=c", {"a.b": "c"}),
        ("a[b=c", {"a[b": "c"}),
    ],
)
def test_brackets_make_objects_and_lists(text, read):
    assert nested(text) == read


@pytest.mark.parametrize("text", ["a=b&a[c]=d", "a[c]=d&a=b", "a[b]=c&a[b][c]=d"])
def test_a_name_that_is_two_things_is_refused(text):
    with pytest.raises(Malformed, match="both a text and an object"):
        nested(text)


def test_too_many_fields_and_too_deep_names_are_refused():
    with pytest.raises(Malformed, match="1000 fields"):
        nested("&".join(["a=b"] * 1001))
    with pytest.raises(Malformed, match="16 parts"):
        nested("a" + "[b]" * 16 + "=c")


@pytest.mark.parametrize(
    "text", ["x=a&x=b", "x[]=a&x[]=b", "x[0]=a&x[1]=b", "x%5B%5D=a,b", "x=a,b"]
)
def test_a_list_in_a_query_is_one_text_with_commas(text):
    assert forms.flat(forms.urlencoded(text)) == {"x": "a,b"}


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    on: StrictBool = False
    many: list[str] = []
    size: int = 0


@endpoint(novu)
def work(body: Thing, call: Call) -> dict:
    return body.model_dump()


HANDLER = methods(POST=work)


def post(body, kind=FORM, **query):
    with gateway.using(a.world()) as ports:
        key = gateway.issue_key(ports, a.TENANT)
        return gateway.call(
            HANDLER,
            "POST",
            "/x",
            body,
            query=query,
            authorization=f"ApiKey {key}",
            **{"content-type": kind},
        )


def parts(*fields, boundary="b"):
    each = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    )
    return "".join(each) + f"--{boundary}--\r\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("name=x&on=true&many[]=a&many[]=b&size=3", FORM),
        (parts(("name", "x"), ("on", "true"), ("many[0]", "a"), ("many[1]", "b"), ("size", "3")),
         "multipart/form-data; boundary=b"),
        ('{"name":"x","on":true,"many":["a","b"],"size":3}', FORM),
        ('{"name":"x","on":true,"many":["a","b"],"size":3}', "application/json"),
    ],
)  # fmt: skip
def test_a_form_is_taken_for_json_and_texts_for_flags_and_numbers(body, kind):
    answer = post(body, kind)

    assert answer.status == 200, answer.text
    assert answer.json["data"] == {"name": "x", "on": True, "many": ["a", "b"], "size": 3}


def test_text_that_is_no_flag_is_refused_as_in_json():
    assert post("name=x&on=maybe").status == 422
    assert post("name=x&on=1").status == 422
    assert post('{"name":"x","on":"true"}', "application/json").status == 422


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=%ff", FORM),
        (b"\xff", FORM),
        (parts(("name", "x"))[:-6].encode(), "multipart/form-data; boundary=b"),
        (b"--b\r\n", "multipart/form-data"),
        (b"nothing", "multipart/form-data; boundary=b"),
        (b"--b\r\n" + b"x" * 5000 + b": y\r\n\r\n", "multipart/form-data; boundary=b"),
        (parts(("name", "x" * 70_000)).encode(), "multipart/form-data; boundary=b"),
        (("name=" + "x" * 70_000).encode(), FORM),
        (parts(*[("name", "x")] * 1001).encode(), "multipart/form-data; boundary=b"),
    ],
)
def test_what_is_no_form_is_a_callers_mistake(body, kind):
    assert 400 <= post(body, kind).status < 500


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("&".join(["a=b"] * 1_400_000).encode(), FORM),
        (("a[b]=c&" * 700_000).encode(), FORM),
        (("%41" * 1_900_000).encode(), FORM),
        (parts(*[("n", "v")] * 80_000).encode(), "multipart/form-data; boundary=b"),
        (("--b\r\n" * 900_000).encode(), "multipart/form-data; boundary=b"),
        (("--b\r\nContent-Disposition: form-data; " + 'a="' * 2_000).encode(),
         "multipart/form-data; boundary=b"),
        (b"-" * 5_900_000, f"multipart/form-data; boundary={'-' * 70}"),
    ],
)  # fmt: skip
def test_six_megabytes_of_it_take_little_time(body, kind):
    began = time.process_time()

    answer = post(body, kind)

    assert answer.status in {400, 422}
    assert time.process_time() - began < 2


@pytest.mark.parametrize("name", ["filter", "x[]", "x[0]", "x[y]", "limit"])
def test_a_parameter_that_a_call_does_not_have_is_refused_by_name(name):
    answer = post("name=x", **{name: "1"})

    assert answer.status == 422
    assert [*answer.json["errors"]] == [name.removesuffix("[]").removesuffix("[0]")]


STRANGERS = pytest.mark.parametrize("handler", [issue_token, exchange_token])


@STRANGERS
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=b", "application/json"])
def test_of_a_stranger_no_more_than_16_kilobytes_are_read(handler, kind):
    with gateway.using(a.world()):
        answer = gateway.call(handler, "POST", "/", b"a" * 16_385, **{"content-type": kind})

    assert answer.status in {400, 413}  # OAuth has one status for all requests that are wrong
    assert "larger than 16384 bytes" in answer.text


@STRANGERS
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'--b\r\nContent-Disposition: form-data; name="' + b"a;" * 8_000, "boundary=b"),
        (b"--b\r\nContent-Disposition: form-data; name=" + b"(" * 900 + b"\r\n\r\nx\r\n--b--\r\n",
         "boundary=b"),
        (b"--b\r\nContent-Disposition: form-data; " + b"".join(
            b"name*%d*=utf-8''x;" % n for n in range(900)), "boundary=b"),
        (b"x", "boundary=" + "(" * 900),
        (b"--b\r\nContent-Type: message/rfc822\r\n\r\n" * 300, "boundary=b"),
    ],
)  # fmt: skip
def test_a_strangers_hostile_form_is_refused_at_once(handler, body, kind):
    began = time.process_time()

    with gateway.using(a.world()):
        kind = f"multipart/form-data; {kind}"
        answer = gateway.call(handler, "POST", "/", body, **{"content-type": kind})

    assert 400 <= answer.status < 500
    assert time.process_time() - began < 0.5
