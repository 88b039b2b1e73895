"""The small process that owns PostgreSQL: starts it, brings it back, and ends it when its last user has gone.

`python -m storage.embedded.guardian STATE_FOLDER`, started by `engine.py` and by nobody else. It detaches itself, so
that it outlives the program that started it, however that dies. Users are whoever holds the users lock; the kernel
drops a dead program's lock, so no program has to say goodbye. It speaks to no database but its own, and
needs nothing but the standard library.
"""

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from storage.embedded import cluster, files, plan, sockets
from storage.embedded.errors import EngineFailed
from storage.embedded.plan import Address, Plan
from storage.embedded.postmaster import Child, Orphan, Postmaster, Undecided, clear_way, find_orphan, proved, stop

_GRACE = 1.0  # seconds without users before the end, so that a quick restart finds the engine warm
_POLL = 0.2
_POLL_STARTING = 0.02
_CHECK_EVERY = 2.0
_ATTEMPTS = 3  # starts that may fail before the first user is told
_PATIENCE = 60.0  # seconds to wait for what a killed PostgreSQL left behind: its backends end by themselves
_LONGEST_PAUSE = 1.0
_LEFT_BEHIND = ("still in use", "already exists", "already in use")

_log = logging.getLogger("guardian")


class Guardian:
    """Ticks until nobody wants the engine. Everything it decides, it decides between two ticks."""

    def __init__(self, agreed: Plan) -> None:
        self._plan = agreed
        self._places = agreed.places
        self._state = agreed.places.state
        self._users = files.open_lock(self._state / plan.USERS_LOCK)
        self._told_to_stop = threading.Event()
        self._alone_since: float | None = None
        self._postmaster: Postmaster | None = None
        self._sockets = Path()
        self._ready = False
        self._ever_ready = False
        self._generation = 0
        self._failures = 0
        self._failing_since = 0.0
        self._next_start = 0.0
        self._next_check = 0.0

    def tell_to_stop(self, number: int, _frame: FrameType | None) -> None:
        _log.info("told to stop by signal %d", number)
        self._told_to_stop.set()

    def run(self) -> None:
        """Raises EngineFailed if PostgreSQL cannot be started."""
        try:
            self._adopt_or_prepare()
            while self._wanted():
                self._tend()
                self._told_to_stop.wait(_POLL if self._ready else _POLL_STARTING)
        finally:
            self._end()

    def _wanted(self) -> bool:
        if self._told_to_stop.is_set():
            return False
        if not self._still_ours():
            _log.warning("%s was removed while in use", self._state)
            return False
        if not files.try_lock(self._users):
            self._alone_since = None
            return True
        now = time.monotonic()
        if self._alone_since is None:
            self._alone_since = now
        if (self._state / plan.LAST_LEFT).exists() or now - self._alone_since >= _GRACE:
            return False  # and keep the lock: whoever comes now waits until PostgreSQL has gone, then starts afresh
        files.unlock(self._users)
        return True

    def _still_ours(self) -> bool:
        """Whether the lock we watch is still the one that others find."""
        try:
            return os.path.samestat(os.fstat(self._users), (self._state / plan.USERS_LOCK).stat())
        except OSError:
            return False

    def _adopt_or_prepare(self) -> None:
        orphan = self._orphan()
        if orphan is not None:
            self._postmaster, self._sockets = orphan, orphan.address.parent
            _log.info("adopted PostgreSQL, process %d", orphan.pid)
            return
        previous = Address.read(self._state)
        throwaway = self._plan.settings.get("fsync") == "off"
        cluster.prepare(self._places, self._plan.programs, throwaway=throwaway, wanted=self._wanted)
        self._sockets = sockets.choose(self._places, previous=None if previous is None else previous.sockets)

    def _orphan(self) -> Orphan | None:
        """What a killed guardian left behind, wanted or not: if not, it is adopted to be stopped."""
        given_up = time.monotonic() + _PATIENCE
        while not self._told_to_stop.is_set():
            try:
                return find_orphan(self._places)
            except Undecided as error:
                _log.info("a PostgreSQL is there, but not ready: %s", error)
                if not self._wanted() and time.monotonic() > given_up:
                    break
                self._told_to_stop.wait(_POLL)
        return None

    def _tend(self) -> None:
        now = time.monotonic()
        if self._postmaster is not None and self._postmaster.exited():
            self._note_death(now)
        if self._postmaster is None:
            if now >= self._next_start:
                self._start()
        elif not self._ready:
            self._look_whether_ready()
        elif now >= self._next_check:
            self._next_check = now + _CHECK_EVERY
            self._check()

    def _start(self) -> None:
        address = sockets.socket_in(self._sockets)
        try:
            self._sockets = sockets.choose(self._places, previous=self._sockets)
            cluster.configure(self._places, sockets=self._sockets, extra=self._plan.settings)
            clear_way(self._places, address)
            self._postmaster = Child(self._plan.programs, self._places, self._state / plan.POSTGRES_LOG)
        except OSError as error:
            raise EngineFailed(
                "PostgreSQL could not be started.",
                why=str(error),
                remedy=f"Check permissions and free space of {self._places.home}, then start again.",
            ) from error
        _log.info("started PostgreSQL, process %d", self._postmaster.pid)

    def _look_whether_ready(self) -> None:
        assert self._postmaster is not None
        with contextlib.suppress(Undecided):
            if proved(self._places, sockets.socket_in(self._sockets)) == self._postmaster.pid:
                self._generation += 1
                self._ready = self._ever_ready = True
                self._failures = 0
                Address(self._sockets, self._generation).write(self._state)
                plan.clear_error(self._state)
                _log.info("PostgreSQL accepts connections in %s", self._sockets)

    def _note_death(self, now: float) -> None:
        """PostgreSQL ended without being asked. Raises EngineFailed if it never worked and will not."""
        _log.warning("PostgreSQL ended by itself")
        self._postmaster, self._ready = None, False
        self._failing_since = now if self._failures == 0 else self._failing_since
        self._failures += 1
        self._next_start = now + min(0.1 * 1.5 ** (self._failures - 1), _LONGEST_PAUSE)
        log = files.tail(self._state / plan.POSTGRES_LOG)
        waits = any(words in log for words in _LEFT_BEHIND)
        hopeless = now - self._failing_since > _PATIENCE if waits else self._failures >= _ATTEMPTS
        # Once it has worked, programs are running and wait: then there is no last attempt.
        if (hopeless and not self._ever_ready) or not self._places.data.is_dir():
            raise EngineFailed(
                "PostgreSQL does not start.",
                why=f"It ended by itself {self._failures} times in {now - self._failing_since:.0f} s.",
                remedy="Read the log below. If it speaks of a full disk or of permissions, mend that and start again.",
                log=log,
            )

    def _check(self) -> None:
        """What can go wrong with a live server: its socket swept away with old temporary files; long logs."""
        if not sockets.socket_in(self._sockets).exists() and self._postmaster is not None:
            _log.warning("the socket has gone; restarting PostgreSQL")
            stop(self._postmaster)
        cluster.trim_log(self._state / plan.POSTGRES_LOG)
        cluster.trim_log(self._state / plan.GUARDIAN_LOG)

    def _end(self) -> None:
        if self._postmaster is not None:
            stop(self._postmaster)
            _log.info("stopped PostgreSQL")
        with contextlib.suppress(OSError):
            (self._state / plan.LAST_LEFT).unlink(missing_ok=True)
            if self._still_ours() and files.try_lock(self._users):  # no running program knows the folder by its name
                Address.withdraw(self._state)
                self._sockets.rmdir()


def _detach(state: Path) -> None:
    """Let the parent go on, and leave everything of it behind: streams, folder, terminal."""
    log = state / plan.GUARDIAN_LOG
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    if os.fork() != 0:
        os._exit(0)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(output)
    os.chdir("/")


def main(state: Path) -> int:
    os.umask(0o077)
    lock = files.open_lock(state / plan.GUARDIAN_LOCK)
    if not files.try_lock(lock):
        return 0  # another guardian is at work
    _detach(state)  # the lock goes with us: when the parent returns, it is held
    logging.basicConfig(level=logging.INFO, format="%(asctime)s guardian[%(process)d] %(message)s")
    try:
        guardian = Guardian(Plan.read(state))
        signal.signal(signal.SIGTERM, guardian.tell_to_stop)
        signal.signal(signal.SIGINT, guardian.tell_to_stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        guardian.run()
    except EngineFailed as error:
        _log.error("%s", error)
        plan.write_error(state, error.to_json())
        return 1
    except Exception as error:
        _log.exception("the guardian failed")
        words = EngineFailed(
            "The guardian of the embedded PostgreSQL failed.",
            why=f"{type(error).__name__}: {error}",
            remedy="Start again; if it stays so, report it with the log below.",
            log=files.tail(state / plan.GUARDIAN_LOG, lines=30),
        )
        plan.write_error(state, words.to_json())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
