"""Attacks on the stack from a web page of another origin, by DNS rebinding, and from other users.

A page sends any simple request and sees an answer that allows its origin; after it has rebound its
name to 127.0.0.1 it sends a foreign Host, and no Origin on a GET.
"""

import io
import stat
import zipfile

import pytest
from botocore.exceptions import ClientError

PAGE = {"Origin": "https://evil.example"}
REBOUND = {"Host": "evil.example"}
FORBIDDEN, MISSING = 403, 404


def emulator(stack, method, path="/", **kwargs):
    return stack.http.request(method, stack.emulator_url + path, timeout=10, **kwargs)


def own(stack):
    return {"X-Amz-Security-Token": stack.described["emulator_token"]}


def asking(action):
    return {"X-Amz-Target": action, "Content-Type": "text/plain"}


@pytest.mark.parametrize("stranger", [PAGE, REBOUND, {}], ids=["page", "rebound", "other user"])
@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/2015-03-31/functions", {"Content-Type": "text/plain"}),
        ("POST", "/", asking("secretsmanager.ListSecrets")),
        ("POST", "/", asking("DynamoDB_20120810.ListTables")),
        ("GET", "/?Action=ListQueues", {}),
        ("GET", "/_local/mail", {}),
        ("DELETE", "/_local/mail", {}),
        ("POST", "/_ministack/reset", {}),
    ],
)
def test_the_emulator_refuses_strangers(shared_tiny, stranger, method, path, headers):
    answer = emulator(shared_tiny, method, path, headers=headers | stranger, data="{}")

    assert answer.status_code == FORBIDDEN
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_no_page_is_told_that_it_may_ask(shared_tiny):
    asked = PAGE | {"Access-Control-Request-Method": "POST"}

    answer = emulator(shared_tiny, "OPTIONS", headers=asked)

    assert answer.status_code == FORBIDDEN
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("stranger", [PAGE, REBOUND], ids=["page", "rebound"])
def test_even_the_token_does_not_open_the_emulator_to_a_page(shared_tiny, stranger):
    answer = emulator(shared_tiny, "GET", "/_local/mail", headers=own(shared_tiny) | stranger)

    assert answer.status_code == FORBIDDEN


def test_answers_to_the_stack_itself_allow_no_origin(shared_tiny):
    answer = emulator(shared_tiny, "GET", "/?Action=ListQueues", headers=own(shared_tiny))

    assert answer.status_code != FORBIDDEN
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_the_emulator_runs_no_code(shared_tiny, tmp_path):
    mark = tmp_path / "executed"
    functions = shared_tiny.aws("lambda")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", f"open({str(mark)!r}, 'w')\ndef handler(*_): return 1\n")
    functions.create_function(
        FunctionName="stranger",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="app.handler",
        Code={"ZipFile": code.getvalue()},
    )

    try:
        answered = functions.invoke(FunctionName="stranger")
        assert answered.get("FunctionError")
    except ClientError:
        pass  # refused, which is as good
    finally:
        functions.delete_function(FunctionName="stranger")
        functions.close()
    assert not mark.exists()


@pytest.mark.parametrize("guess", ["", "x/", "x" * 43 + "/"])
def test_functions_are_invoked_with_the_token_only(shared_tiny, guess):
    url = f"{shared_tiny.base_url}/_invoke/{guess}WorkersTakeFunction"

    answer = shared_tiny.http.post(url, data="{}", headers=PAGE, timeout=10)

    assert answer.status_code == MISSING


@pytest.mark.parametrize("stranger", [PAGE, REBOUND], ids=["page", "rebound"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/messages"), ("DELETE", "/messages"), ("GET", "/stack")]
)
def test_the_outbox_shows_nothing_to_strangers(shared_tiny, stranger, method, path):
    answer = shared_tiny.http.request(
        method, shared_tiny.outbox_url + path, headers=stranger, timeout=10
    )

    assert answer.status_code == MISSING


def test_a_page_puts_nothing_into_the_outbox(shared_tiny):
    answer = shared_tiny.http.post(
        f"{shared_tiny.outbox_url}/webhook/forged", data="x", headers=PAGE, timeout=10
    )

    assert answer.status_code == FORBIDDEN
    shown = shared_tiny.http.get(f"{shared_tiny.outbox_url}/messages?contains=forged", timeout=10)
    assert shown.json()["total"] == 0


def test_other_users_read_no_file_of_the_stack(shared_tiny):
    files = [path for path in shared_tiny.state.rglob("*") if path.name != "output.log"]

    readable = [path for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077]

    assert len(files) > 5
    assert readable == []
