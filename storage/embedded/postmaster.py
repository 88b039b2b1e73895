"""One running postmaster: our own child, or an orphan that has proved to be ours. Nothing else is ever signalled.

An orphan proves itself by answering on the private socket with our data folder's path, and the kernel names the
process behind that socket. A process id in a file proves nothing: it may belong to a stranger by now.
"""

import contextlib
import os
import select
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from storage.embedded import cluster, files, wire
from storage.embedded.places import Places
from storage.embedded.sockets import socket_in, usable

_PATIENCE_FAST = 25.0  # seconds for a fast shutdown: it writes a checkpoint
_PATIENCE_IMMEDIATE = 10.0  # PostgreSQL kills its own stragglers after 5


class Postmaster(Protocol):
    pid: int

    def exited(self) -> bool: ...
    def signal(self, number: int) -> None: ...


class Child:
    """A postmaster that we started."""

    def __init__(self, programs: Path, places: Places, log: Path) -> None:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(places.data)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=cluster.ENVIRONMENT,
                cwd="/",
                **cluster.as_account(places.account),  # type: ignore[call-overload]
            )
        finally:
            os.close(output)
        self.pid = self._process.pid

    def exited(self) -> bool:
        return self._process.poll() is not None

    def signal(self, number: int) -> None:
        self._process.send_signal(number)  # does nothing once it was waited for


class Orphan:
    """A postmaster whose guardian died. On Linux held by a process descriptor, so that its id cannot change owner."""

    def __init__(self, pid: int, places: Places, address: Path) -> None:
        self.pid = pid
        self._places = places
        self.address = address
        self._descriptor = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    def exited(self) -> bool:
        if self._descriptor is not None:  # readable once the process has ended, waited for or not
            return bool(select.select([self._descriptor], [], [], 0)[0])
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self._descriptor is not None and hasattr(signal, "pidfd_send_signal"):
                signal.pidfd_send_signal(self._descriptor, number)
            elif proved(self._places, self.address) == self.pid:
                os.kill(self.pid, number)


@dataclass(frozen=True, slots=True)
class PidFile:
    """What postmaster.pid claims. Read for its address; its process id is believed only when proved."""

    pid: int
    address: Path

    @classmethod
    def read(cls, data: Path) -> "PidFile | None":
        lines = (files.read_text(data / "postmaster.pid") or "").splitlines()
        try:
            return cls(int(lines[0]), socket_in(Path(lines[4]), int(lines[3])))
        except (IndexError, ValueError):
            return None


class Undecided(Exception):
    """Something listens on our socket and is not ready to say what it is: starting, stopping or silent."""


def proved(places: Places, address: Path) -> int | None:
    """The process id of the postmaster of our data folder behind this socket; None if there is none.

    Raises Undecided.
    """
    if not usable(address.parent, places):
        return None
    try:
        answer = wire.ask(address, "SHOW data_directory")
    except wire.NoServer:
        return None
    except (wire.Unanswered, wire.Declined) as error:
        raise Undecided(str(error)) from error
    if answer.value is None or os.path.realpath(answer.value) != str(places.data):
        return None
    if answer.uid is not None and answer.uid != places.uid:
        return None
    if answer.pid is None:  # the kernel does not say; but whoever answered reads this very file
        claim = PidFile.read(places.data)
        return None if claim is None else claim.pid
    return answer.pid or None  # 0: it lives in another container, out of our reach


def find_orphan(places: Places) -> Orphan | None:
    """A live postmaster of this data folder that its guardian left behind. Raises Undecided: ask again later."""
    claim = PidFile.read(places.data)
    if claim is None or proved(places, claim.address) != claim.pid:
        return None
    with contextlib.suppress(ProcessLookupError):
        orphan = Orphan(claim.pid, places, claim.address)
        if proved(places, claim.address) == claim.pid:  # so the descriptor, taken in between, is of this very process
            return orphan
    return None


def clear_way(places: Places, address: Path) -> None:
    """Before a start, with nobody answering: take away what a dead postmaster left and a reused process id protects.

    PostgreSQL refuses to start while the id in postmaster.pid is alive, even as somebody else's process. The file is
    kept, because its shared memory key makes PostgreSQL wait for backends that outlived their postmaster; only
    the id is replaced by ours: PostgreSQL knows its parent's id to be no rival.
    """
    text = files.read_text(places.data / "postmaster.pid")
    if text is not None and not _works_in(text.partition("\n")[0], places.data):
        owner = None if places.account is None else (places.account.uid, places.account.gid)
        rest = text.partition("\n")[2]
        files.write_atomically(places.data / "postmaster.pid", f"{os.getpid()}\n{rest}", owner=owner)
    with contextlib.suppress(OSError, wire.NotUsable):
        try:
            wire.ask(address, "SELECT 1")
        except wire.NoServer:
            address.with_name(address.name + ".lock").unlink(missing_ok=True)
            address.unlink(missing_ok=True)


def stop(postmaster: Postmaster) -> None:
    """Fast shutdown; if that hangs, an immediate one, which loses nothing but time at the next start."""
    for number, patience in (
        (signal.SIGINT, _PATIENCE_FAST),
        (signal.SIGQUIT, _PATIENCE_IMMEDIATE),
        (signal.SIGKILL, _PATIENCE_IMMEDIATE),
    ):
        postmaster.signal(number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if postmaster.exited():
                return
            time.sleep(0.01)


def _works_in(pid: str, data: Path) -> bool:
    """Whether this live process works in our data folder, as every PostgreSQL process does (Linux; else False)."""
    try:
        return Path(f"/proc/{int(pid)}/cwd").readlink() == data
    except (OSError, ValueError):
        return False
