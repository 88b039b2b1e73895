"""A checkout to run the engine in, other programs that use it, and eyes for the processes that belong to it."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import asyncpg
import psutil
import pytest

from emulators.waiting import until
from storage.embedded import EmbeddedEngine
from tests.storage.embedded.program import QUICK

REPOSITORY = Path(__file__).parents[3]


async def asked(dsn: str, question: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def told(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def answers(dsn: str) -> bool:
    try:
        return bool(await asked(dsn, "SELECT true"))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


class Checkout:
    """One checkout with its engine's processes."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.home = EmbeddedEngine(root).home
        self.programs: list[Program] = []
        self.engines: list[EmbeddedEngine] = []

    def engine(self, settings: Mapping[str, str] = QUICK) -> EmbeddedEngine:
        self.engines.append(EmbeddedEngine(self.root, settings=settings))
        return self.engines[-1]

    async def program(self, environment: Mapping[str, str] | None = None) -> "Program":
        """Another process that uses this engine, once it is ready."""
        program = await self.unready_program(environment)
        await program.ready()
        return program

    async def unready_program(self, environment: Mapping[str, str] | None = None) -> "Program":
        program = Program(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.storage.embedded.program",
                str(self.root),
                cwd=REPOSITORY,
                env={**os.environ, **(environment or {})},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        )
        self.programs.append(program)
        return program

    def processes(self) -> list[psutil.Process]:
        """Everything alive that belongs to this engine: guardian, initdb, PostgreSQL and its children."""
        return [process for process in psutil.process_iter() if self._ours(process)]

    def postmaster(self) -> psutil.Process:
        named = {process.pid: process for process in self.processes() if command_of(process)[1:2] == ["-D"]}
        # A child that was forked just now is still named like its parent.
        (process,) = [process for process in named.values() if process.ppid() not in named]
        return process

    def guardian(self) -> psutil.Process:
        (process,) = [process for process in self.processes() if "storage.embedded.guardian" in command_of(process)]
        return process

    def guardians(self) -> set[int]:
        return {process.pid for process in self.processes() if "storage.embedded.guardian" in command_of(process)}

    async def gone(self, *, within: float = 10.0) -> None:
        await until(lambda: not self.processes(), "the end of its processes", patience=within, pause=0.05)

    def _ours(self, process: psutil.Process) -> bool:
        home = str(self.home)
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return any(home in word for word in command_of(process)) or process.cwd().startswith(home)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    async def end(self) -> None:
        """End everything that uses the engine; whatever then still runs is a failure, and is ended too."""
        for program in self.programs:
            await program.kill()
        for engine in self.engines:
            await engine.stop()
        self.programs.clear()
        self.engines.clear()
        try:
            await self.gone()
        finally:
            for process in self.processes():
                process.kill()

    async def close(self) -> None:
        try:
            await self.end()
        finally:
            shutil.rmtree(self.home)


def command_of(process: psutil.Process) -> list[str]:
    """Nothing if it has ended since it was listed."""
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []


class Program:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.dsn = ""

    async def ready(self) -> None:
        self.dsn = (await self._says("ready")).split()[1]

    async def stop(self) -> None:
        """Leave in order."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        await self._says("stopped")
        assert await self.process.wait() == 0

    async def kill(self, number: int = signal.SIGKILL) -> None:
        if self.process.returncode is None:
            self.process.send_signal(number)
            await self.process.wait()

    async def _says(self, word: str) -> str:
        assert self.process.stdout is not None
        line = (await asyncio.wait_for(self.process.stdout.readline(), 30)).decode()
        assert line.startswith(word), line
        return line


@pytest.fixture(scope="session")
def used_checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    made = Checkout(tmp_path_factory.mktemp("used"))
    yield made
    shutil.rmtree(made.home)


@pytest.fixture
async def checkout(used_checkout: Checkout) -> AsyncIterator[Checkout]:
    """A checkout that has run before, since creating a database takes a second; nothing of it runs at the end."""
    yield used_checkout
    await used_checkout.end()


@pytest.fixture
async def new_checkout(tmp_path: Path) -> AsyncIterator[Checkout]:
    """A checkout that has no data yet."""
    made = Checkout(tmp_path / "checkout")
    yield made
    await made.close()


@pytest.fixture
async def checkouts() -> AsyncIterator[Callable[[Path], Checkout]]:
    """Checkouts at paths that the test chooses."""
    made: list[Checkout] = []

    def at(path: Path) -> Checkout:
        made.append(Checkout(path))
        return made[-1]

    yield at
    for each in made:
        await each.close()
