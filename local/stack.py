"""The running stack: its processes, started in order, watched, and stopped cleanly.

Slow imports happen while the emulator starts.
"""

import fcntl
import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from local import aws, doorkeeper
from local.options import ROOT, Options, Unable
from local.outbox import smtp
from local.outbox.vendors import stand_ins
from local.processes import LOOPBACK, Child, listen, port_of

if TYPE_CHECKING:
    from local.deploy import Deployment
    from local.seed import Tenant

_START_PATIENCE = 30.0
_STOP_PATIENCE = 12.0


class Stack:
    """Opens its sockets when made; `start` starts the processes behind them."""

    def __init__(self, options: Options, say: Callable[[str], None]) -> None:
        self.options = options
        self._say = say
        self._state = options.state
        self._state.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self._state)
        self._file = self._state / "stack.json"
        self._file.unlink(missing_ok=True)

        self.token = doorkeeper.token(self._state)
        ports = self._state / "ports"
        ports.mkdir(exist_ok=True)
        api = listen(options.port, "PORT", remembered=ports / "api")
        outbox = listen(options.outbox_port, "OUTBOX_PORT", remembered=ports / "outbox")
        # Queue URLs contain this port.
        emulated = listen(0, "", remembered=ports / "emulator")
        mail = listen(0, "", remembered=ports / "smtp")
        self.base_url, self.outbox_url, self.emulator_url = map(_url, (api, outbox, emulated))
        self.emulated = aws.Emulated(url=self.emulator_url, token=self.token)
        # Functions are invoked by whoever knows this URL, so it has the token in it.
        self._invoke_url = f"{self.base_url}/_invoke/{self.token}"
        self._known = self._state / "deployment.json"
        settings = aws.emulator_settings(
            LOOPBACK, port_of(emulated), self._state / "state", self.token
        )
        client = self.emulated.environment()
        here = {"CARILLON_STATE": str(self._state), "CARILLON_DEPLOYMENT": str(self._known)}
        port = port_of(outbox)
        self.emulator = Child("local.emulator", emulated, settings, self._state / "emulator.log")
        self.outbox = Child("local.outbox", outbox, client | here, self._state / "outbox.log")
        self.smtp = Child(
            "local.outbox.smtp",
            mail,
            here | {"OUTBOX_URL": self.outbox_url},
            self._state / "smtp.log",
        )
        code = [str(options.code), str(ROOT / "layers/core/python")]
        self.functions = Child(
            "local.gateway",
            api,
            client
            | here
            | {
                "CARILLON_CODE": os.pathsep.join(code),
                "CARILLON_LOCAL_EGRESS": json.dumps(self._egress(port, port_of(mail))),
                "POWERTOOLS_METRICS_DISABLED": "true",
                "AWS_LAMBDA_FUNCTION_NAME": "local",
            },
        )
        self._changed = threading.Event()

    def _egress(self, outbox_port: int, mail_port: int) -> Mapping[str, object]:
        """Return the arguments of `local.egress.install`."""
        mail_server = f"{LOOPBACK}:{mail_port}"
        played = {} if self.options.reach_out else stand_ins(self.outbox_url)
        return {
            "allow": [f"{LOOPBACK}:{outbox_port}", f"localhost:{outbox_port}", mail_server],
            "stand_ins": {smtp.HOST: f"smtp://{mail_server}", **played},
            "authority": str(smtp.authority(self._state)),
        }

    def start(self) -> "Deployment":
        """Start all processes. Raise Unable, with none left running, if one cannot start."""
        self.emulator.start()
        self.outbox.start()
        self.smtp.start()
        from local import deploy  # noqa: PLC0415

        expected = deploy.standing(self.options, self._invoke_url, self._known)
        if expected:
            self._start_functions()
        self._await(self.emulator, "/_ministack/ready")
        deployment = self._deploy()
        if deployment != expected:
            self.functions.stop(patience=_STOP_PATIENCE)
            self._start_functions()
        self._await(self.functions, "/_local/ready")
        self._await(self.outbox, "/messages?limit=0")
        return deployment

    def announce(self, operator_key: str, tenant: "Tenant | None") -> None:
        """Write stack.json, whose existence tells scripts and tests that the stack is ready."""
        content = {
            "base_url": self.base_url,
            "outbox_url": self.outbox_url,
            "emulator_url": self.emulator_url,
            "emulator_token": self.token,
            "operator_key": operator_key,
            "tenant": tenant.described() if tenant else None,
        }
        unfinished = self._file.with_suffix(".tmp")
        unfinished.write_text(json.dumps(content, indent=1))
        unfinished.chmod(0o600)
        unfinished.rename(self._file)

    def watch(self, stopping: threading.Event) -> None:
        """Restart functions until `stopping` is set; raise Unable when another process exits."""
        if self.options.reload:
            threading.Thread(target=self._notice_changes, args=[stopping], daemon=True).start()
        while not stopping.wait(0.2):
            watched = {"emulator": self.emulator, "outbox": self.outbox, "mail server": self.smtp}
            for name, child in watched.items():
                if child.exit_code() is not None:
                    raise Unable(f"The {name} exited; see {child.log}.")
            code = self.functions.exit_code()
            if code is not None:
                self._say(f"The functions' process exited ({code}); starting it again.")
                time.sleep(0.3)
                self._start_functions()
            elif self._changed.is_set():
                self._changed.clear()
                self._reload()

    def stop(self) -> None:
        """Let handlers finish and the emulator save; what is queued waits for the next start."""
        self._file.unlink(missing_ok=True)
        if self.emulator.exit_code() is None and self.emulator.process:
            _ask(self.emulator, "POST", "/_local/pause", patience=2, token=self.token)
        self.functions.stop(patience=_STOP_PATIENCE)
        self.smtp.stop(patience=_STOP_PATIENCE)
        self.outbox.stop(patience=_STOP_PATIENCE)
        self.emulator.stop(patience=_START_PATIENCE)
        (self._state / "functions.pid").unlink(missing_ok=True)
        self._lock.close()

    def _deploy(self) -> "Deployment":
        from local import deploy  # noqa: PLC0415

        return deploy.deploy(self.options, self.emulated, self._invoke_url, self._known)

    def _start_functions(self) -> None:
        self.functions.start()
        (self._state / "functions.pid").write_text(str(self.functions.pid))

    def _reload(self) -> None:
        try:
            self._deploy()
        except Unable as problem:
            self._say(str(problem))
            return
        self.functions.stop(patience=_STOP_PATIENCE)
        self._start_functions()

    def _notice_changes(self, stopping: threading.Event) -> None:
        import watchfiles  # noqa: PLC0415

        code = self.options.code
        watched = [code / "functions", ROOT / "layers/core", self.options.template]
        existing = [path for path in watched if path.exists()]
        for changes in watchfiles.watch(*existing, stop_event=stopping, raise_interrupt=False):
            names = sorted({Path(path).name for _, path in changes if not path.endswith(".pyc")})
            if names:
                self._say(f"Changed: {', '.join(names)}; restarting the functions.")
                self._changed.set()

    def _await(self, child: Child, path: str) -> None:
        deadline = time.monotonic() + _START_PATIENCE
        while _ask(child, "GET", path, patience=5) != HTTPStatus.OK:
            if child.exit_code() is not None or time.monotonic() > deadline:
                where = f"; see {child.log}" if child.log else ""
                raise Unable(f"{child.module} did not start{where}.")
            time.sleep(0.05)


def _ask(child: Child, method: str, path: str, *, patience: float, token: str = "") -> int:
    """Return the response's status, or 0 without one. A starting child answers late."""
    connection = http.client.HTTPConnection(LOOPBACK, port_of(child.listener), timeout=patience)
    try:
        connection.request(method, path, headers={doorkeeper.TOKEN_HEADER: token})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _url(listener: socket.socket) -> str:
    return f"http://{LOOPBACK}:{port_of(listener)}"


def _lock(state: Path) -> TextIO:
    """Lock the state folder for this stack; wait 2 s for one that is stopping."""
    file = (state / "lock").open("w")
    for _ in range(20):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.1)
        else:
            return file
    file.close()
    raise Unable(f"Another stack uses {state}. Stop it, or use another --state.")
