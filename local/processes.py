"""Child processes on sockets that their parent holds open."""

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
    """Listen before anything starts, so that a taken port is known at once.

    The parent keeps the socket: while a child restarts, callers wait in its backlog. If any port
    will do (0), the one that was `remembered` is as good as any, and what knows it stays valid.
    """
    listener = _bound(port, remembered)
    if listener is None:
        raise Unable(
            f"Port {port} is taken: stop what uses it, or choose another one with {variable}=0"
            " (any free port)."
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
    """One process of the stack; `log` is its file, or None to share our output."""

    module: str
    listener: socket.socket
    environment: Mapping[str, str]
    log: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start in a session of its own: a Ctrl-C in the terminal is the parent's to handle."""
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
        """Ask it to finish what it has in hand, and insist when patience ends."""
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
    """The listening socket that `Child.start` handed to this process."""
    return socket.socket(fileno=int(sys.argv[1]))


def end_with_parent() -> None:
    """End like on SIGTERM when the parent is gone: it holds the other end of our stdin."""

    def wait() -> None:
        # Not sys.stdin: its lock would be held by this thread when the interpreter ends.
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()
