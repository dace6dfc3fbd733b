"""Child processes, and the listening sockets that their parent opens for them."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.options import ROOT, Unable

LOOPBACK = "127.0.0.1"


def listen(port: int, variable: str, *, remembered: Path | None = None) -> socket.socket:
    """Open a listening socket, before any child starts: a port in use is reported at once.

    The parent keeps the socket, so callers wait in its backlog while a child restarts. With port 0
    the `remembered` port is reused if it is free, so that URLs stay valid.
    """
    listener = _bound(port, remembered)
    if listener is None:
        raise Unable(
            f"Port {port} is in use. Stop the program that uses it, or set {variable}=0"
            " for any free port."
        )
    listener.listen(1024)
    if remembered:
        remembered.write_text(str(port_of(listener)))
    return listener


def _bound(port: int, remembered: Path | None) -> socket.socket | None:
    if not port and remembered and remembered.exists():
        before = _bound(int(remembered.read_text()), None)
        if before:
            return before
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise Unable(f"Port {port} cannot be used: {error.strerror}.") from None
    return listener


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


@dataclass
class Child:
    """One process of the stack. Its output goes to the file `log`, or with None to ours."""

    module: str
    listener: socket.socket
    environment: Mapping[str, str]
    log: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process in its own session, so that only the parent receives Ctrl-C."""
        output = self.log.open("ab") if self.log else None
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module, str(self.listener.fileno())],
            cwd=ROOT,
            env={**os.environ, **self.environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            pass_fds=[self.listener.fileno()],
            start_new_session=True,
        )
        if output:
            output.close()

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def stop(self, *, patience: float) -> None:
        """Send SIGTERM, and SIGKILL after `patience` seconds."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        self.process = None


def inherited_socket() -> socket.socket:
    """Return the listening socket that `Child.start` passed to this process."""
    return socket.socket(fileno=int(sys.argv[1]))


def end_with_parent() -> None:
    """Send ourselves SIGTERM when the parent, at the other end of stdin, is gone."""

    def wait() -> None:
        # Not sys.stdin: this thread would hold its lock while the interpreter exits.
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()
