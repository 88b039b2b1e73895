"""What a program holds while it uses the embedded PostgreSQL.

Takes the shared users lock, sees to it that a guardian is at work, and hands out a DSN. It starts no PostgreSQL
itself and stops none: that is the guardian's. It believes in a running server only after talking to it.
"""

import asyncio
import contextlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import quote

from storage.embedded import binaries, files, places, plan, postmaster, wire
from storage.embedded.errors import EngineFailed
from storage.embedded.plan import Address, Plan

_START_WITHIN = 120.0  # seconds; recovery after a crash may take long
_STOP_WITHIN = 30.0
_SAY_SO_AFTER = 5.0
_WATCH_EVERY = 2.0
_POLL = 0.02
_POLL_LATER = 0.2  # a creation or a recovery needs the processor more than we do
_ABSENT_BEFORE_RETRY = 0.5
# Another program made the database at the same instant (42P04, 23505) or is about to (55006); or PostgreSQL restarts.
_PASSING = {"42P04", "23505", "55006", wire.CANNOT_CONNECT_NOW}
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})

_log = logging.getLogger(__name__)


class EmbeddedEngine:
    """The PostgreSQL of one checkout, shared by all its programs.

    `root` is the checkout; `settings` are further PostgreSQL settings, effective when this program is the one whose
    start brings PostgreSQL up (with `fsync=off` the data is taken to be throw-away). Must be started before a fork.
    """

    def __init__(self, root: Path, *, settings: Mapping[str, str] = _NO_SETTINGS) -> None:
        self._root = root
        self._settings = dict(settings)
        self._places: places.Places | None = None
        self._lock: int | None = None
        self._address: Address | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def home(self) -> Path:
        """The folder that holds this engine's data and logs; delete it only after `stop`. Raises EngineFailed."""
        return self._prepared().home

    @property
    def programs(self) -> Path:
        """The folder of pg_dump, psql and the others that fit this server. Raises EngineFailed."""
        return binaries.programs(self._prepared())

    def dsn(self, database: str = "threadline") -> str:
        """For asyncpg as it is; for SQLAlchemy with `postgresql+asyncpg` in front. Only while started."""
        if self._address is None:
            raise RuntimeError("the embedded engine is not started")
        host = quote(str(self._address.sockets), safe="")
        return f"postgresql://postgres@/{quote(database, safe='')}?host={host}&port={self._address.port}"

    async def start(self) -> str:
        """Return a DSN that accepts connections. Raises EngineFailed, at the latest after two minutes."""
        if self._watch is None:
            try:
                await self._enter()
                self._address = await self._accepting()
                await self._ensure_database(self._address)
            except BaseException:
                self._leave()
                raise
            self._watch = asyncio.create_task(self._keep_guarded(), name="embedded-engine-watch")
        return self.dsn()

    async def stop(self) -> None:
        """Leave. If nobody else uses the engine, returns when PostgreSQL and its guardian have gone."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        if self._lock is None:
            return
        self._leave()
        self._address = None
        if await asyncio.to_thread(self._wait_for_the_end):
            return
        _log.warning("PostgreSQL is still stopping after %.0f s; its log is in %s", _STOP_WITHIN, self.home)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _prepared(self) -> places.Places:
        if self._places is None:
            self._places = places.prepare(self._root)
        return self._places

    @property
    def _state(self) -> Path:
        return self._prepared().state

    async def _enter(self) -> None:
        """Become a user. A guardian that is just stopping PostgreSQL keeps everybody out until it has gone."""
        state = (await asyncio.to_thread(self._prepared)).state
        lock = files.open_lock(state / plan.USERS_LOCK)
        deadline = time.monotonic() + _START_WITHIN
        try:
            while not files.try_lock(lock, shared=True):
                if time.monotonic() > deadline:
                    raise self._late("A PostgreSQL that is being stopped did not end.")  # noqa: TRY301
                await asyncio.sleep(_POLL)
        except BaseException:
            os.close(lock)
            raise
        self._lock = lock
        (state / plan.LAST_LEFT).unlink(missing_ok=True)

    def _leave(self) -> None:
        if self._lock is None:
            return
        files.unlock(self._lock)  # explicitly: a forked child may hold a copy of the descriptor
        if files.try_lock(self._lock):
            with contextlib.suppress(OSError):
                (self._state / plan.LAST_LEFT).touch(mode=0o600)
        os.close(self._lock)
        self._lock = None

    def _wait_for_the_end(self) -> bool:
        """Wait until the guardian has gone or somebody else uses the engine; False if neither in time."""
        deadline = time.monotonic() + _STOP_WITHIN
        guardian, users = self._state / plan.GUARDIAN_LOCK, self._state / plan.USERS_LOCK
        while time.monotonic() < deadline:
            if not files.is_locked(guardian):
                if not self._orphaned():
                    return True
                # Its guardian was killed. Another one adopts it, sees that nobody wants it, and stops it.
                with contextlib.suppress(EngineFailed):
                    self._ensure_guardian()
            if files.is_locked(users, against_sharing=False) and not files.is_locked(users):
                return True
            time.sleep(_POLL)
        return False

    def _ensure_guardian(self) -> bool:
        """Start a guardian if none is at work; True if one was started. Raises EngineFailed."""
        state = self._state
        if files.is_locked(state / plan.GUARDIAN_LOCK):
            return False
        Plan(self._prepared(), self.programs, self._settings).write()
        kept = ("PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C.UTF-8"}
        # -E -S: it needs the standard library and this package only, and starts twice as fast without the rest.
        command = [sys.executable, "-E", "-S", "-m", "storage.embedded.guardian", str(state)]
        package = Path(__file__).parents[2]
        done = subprocess.run(
            command,
            cwd=package,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,
            check=False,
        )
        if done.returncode != 0:
            raise EngineFailed(
                "The guardian of the embedded PostgreSQL could not be started.",
                why=f"{' '.join(command[:5])} ended with code {done.returncode}.",
                remedy="Reinstall with `make install`, or set DATABASE_URL to a PostgreSQL of your own.",
                log=done.stderr.decode("utf-8", "replace"),
            )
        return True

    async def _accepting(self) -> Address:
        """Wait until PostgreSQL answers. Raises EngineFailed with the guardian's words, or after the deadline."""
        state = self._state
        failed_before = plan.read_error(state)
        begun = time.monotonic()
        said_so, last_started = False, float("-inf")
        while (waited := time.monotonic() - begun) < _START_WITHIN:
            failed = plan.read_error(state)
            if failed is not None and failed != failed_before:
                raise EngineFailed.from_json(failed[1])
            if time.monotonic() - last_started > _ABSENT_BEFORE_RETRY and await asyncio.to_thread(
                self._ensure_guardian
            ):
                last_started = time.monotonic()
            if (address := await asyncio.to_thread(self._answering)) is not None:
                return address
            if waited > _SAY_SO_AFTER and not said_so:
                said_so = True
                _log.info("PostgreSQL is still starting (after a crash it recovers first); log in %s", state)
            await asyncio.sleep(min(_POLL + waited / 20, _POLL_LATER))
        raise self._late("PostgreSQL did not accept connections in time.")

    def _answering(self) -> Address | None:
        address = Address.read(self._state)
        with contextlib.suppress(postmaster.Undecided):
            if address is not None and postmaster.proved(self._prepared(), address.socket) is not None:
                return address
        return None

    def _orphaned(self) -> bool:
        """Whether PostgreSQL lives although it should not: an orderly guardian withdraws the address at its end."""
        address = Address.read(self._state)
        try:
            return address is not None and postmaster.proved(self._prepared(), address.socket) is not None
        except postmaster.Undecided:
            return True

    async def _ensure_database(self, address: Address, name: str = "threadline") -> None:
        known = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"  # noqa: S608 - a constant of ours
        deadline = time.monotonic() + _START_WITHIN
        while time.monotonic() < deadline:
            try:
                if (await asyncio.to_thread(wire.ask, address.socket, known)).value is not None:
                    return
                await asyncio.to_thread(wire.ask, address.socket, f'CREATE DATABASE "{name}"', timeout=60.0)
            except wire.NotUsable as error:
                if isinstance(error, wire.Declined) and error.state not in _PASSING:
                    raise EngineFailed(
                        f"The database {name} could not be created.",
                        why=str(error),
                        remedy="If the disk is full, make room; then start again.",
                    ) from error
                await asyncio.sleep(_POLL)
        raise self._late(f"The database {name} could not be created in time.")

    async def _keep_guarded(self) -> None:
        """As long as we use the engine, somebody must guard it."""
        while True:
            await asyncio.sleep(_WATCH_EVERY)
            try:
                if await asyncio.to_thread(self._ensure_guardian):
                    _log.warning("the guardian of the embedded PostgreSQL had gone; started another")
            except (EngineFailed, OSError):
                _log.exception("the embedded PostgreSQL is unguarded")

    def _late(self, what: str) -> EngineFailed:
        state = self._state
        return EngineFailed(
            what,
            why=f"It was given {_START_WITHIN:.0f} s.",
            remedy=f"Read {state / plan.POSTGRES_LOG}. After a crash PostgreSQL repeats what it had not yet written; "
            "if the log shows progress, simply start again.",
            log=files.tail(state / plan.POSTGRES_LOG),
        )
