"""One PostgreSQL for the whole suite, shared by all workers of a parallel run; for each test a database as if new.

The database is a copy of a template that was made by migrating, as in production.
"""

import asyncio
import contextlib
import fcntl
import gc
import hashlib
import importlib
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from pytest_asyncio import is_async_test
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import Database
from storage.embedded import EmbeddedEngine
from storage.engine import create_engine, plain_dsn
from storage.migrate import migrate
from tests import databases
from tests.connections import KeptConnections
from tests.databases import KeptDatabase
from tests.tasks import Tasks

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "tests"
# Named by what the migrations say, so that one changed before its release makes a new template.
_MIGRATIONS = sorted((ROOT / "storage" / "migrations" / "versions").glob("*.py"))
TEMPLATE = f"template_{hashlib.sha256(b''.join(path.read_bytes() for path in _MIGRATIONS)).hexdigest()[:16]}"

# It need not survive a crash of the machine, and what one test left is emptied, not vacuumed: statistics that come by
# themselves would make each test's database another one.
_THROWAWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "300",
}

# The longest go first: one that began last would keep everybody waiting for its worker alone.
_LONGEST = (
    "tests/chaos/test_storm.py",
    "tests/app/test_demo.py",
    "tests/chaos/test_office.py",
    "tests/storage/test_plans.py",
)
# These wait much, for processes and for what other processes do; the rest computes. Side by side they fill the cores.
_WAITING = ("tests/journey/", "tests/faults/", "tests/storage/embedded/", "tests/app/")
_WAITING_ENDS = 0.6  # of the run: what takes long is not begun at its end


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Of parallel workers each imports the tests from another place on, and finds compiled what others came to before.

    Rewriting the assertions of all tests takes longer than everything else that a worker does before its first test.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the processes that tests start have as much to compile
    gc.disable()  # what is imported stays
    _import_from_a_place_of_its_own(session.config)
    result = yield
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # as in our processes
    gc.enable()
    return result


def _import_from_a_place_of_its_own(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args != ["tests"]:
        return
    ignored = tuple(str(ROOT / each) for each in config.getoption("ignore") or ())
    files = [path for path in sorted(Path(__file__).parent.rglob("test_*.py")) if not str(path).startswith(ignored)]
    begin = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for path in files[begin:] + files[:begin]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # pytest comes to it too, and says what is wrong
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    files = list(dict.fromkeys(item.nodeid.partition("::")[0] for item in items))
    longest = [each for each in _LONGEST if each in files]
    waiting = [each for each in files if each.startswith(_WAITING) and each not in longest]
    others = [each for each in files if each not in longest and each not in waiting]
    place = dict.fromkeys(longest, -1.0)
    place |= {file: _WAITING_ENDS * at / len(waiting) for at, file in enumerate(waiting)}
    place |= {file: at / len(others) for at, file in enumerate(others)}
    items.sort(key=lambda item: place[item.nodeid.partition("::")[0]])


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk reads these and ignores NO_PROXY; the tests talk to this machine only."""
    monkeypatch.setenv("THREADLINE_PLAYBOOK", "none")  # the plain process, which tests of anything else are about
    monkeypatch.setenv("THREADLINE_BRAIN", "offline")  # whoever runs the tests may have a key, and it costs money
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def _files_in_a_folder_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever a test has stored, it is not beside the files of whoever works here."""
    os.environ["ATTACHMENTS_URL"] = tmp_path_factory.mktemp("files").as_uri()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The DSN of the suite's PostgreSQL: TEST_DATABASE_URL, or an embedded one that does not wait for the disk."""
    if external := os.environ.get("TEST_DATABASE_URL"):
        asyncio.run(_make_template(external))
        yield external
        return
    HOME.mkdir(parents=True, exist_ok=True)
    with asyncio.Runner() as runner:
        engine = EmbeddedEngine(HOME, settings=_THROWAWAY)
        dsn = runner.run(engine.start())
        try:
            with (HOME / "template.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                runner.run(_make_template(dsn))
            yield dsn
        finally:
            runner.run(engine.stop())


async def _make_template(dsn: str) -> None:
    admin = await asyncpg.connect(plain_dsn(dsn))
    try:
        if await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE):
            return
        making = f"making_{uuid4().hex}"
        await admin.execute(f"CREATE DATABASE {making}")
        engine = create_engine(databases.of(dsn, making), size=1)
        await migrate(engine)
        await engine.dispose()
        await admin.execute(f"ALTER DATABASE {making} RENAME TO {TEMPLATE}")
    finally:
        await admin.close()


@contextlib.asynccontextmanager
async def fresh_database(postgres: str) -> AsyncIterator[str]:
    """The DSN of a new database, migrated and empty, for as long as the block lasts."""
    async with databases.fresh(postgres, TEMPLATE) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def kept_database(postgres: str) -> Iterator[KeptDatabase]:
    """This worker's database, which one test after the other gets."""
    kept = KeptDatabase(postgres, TEMPLATE)
    yield kept
    kept.close()


@pytest.fixture(scope="session")
async def kept_connections() -> AsyncIterator[KeptConnections]:
    """Those to this worker's database, which go with it from test to test."""
    kept = KeptConnections()
    yield kept
    await kept.close()


@pytest.fixture(autouse=True)
def _ends_with_the_test(request: pytest.FixtureRequest) -> None:
    """First of all a test gets its database, if it gets one, so that it is emptied when nothing goes on any more."""
    lent = "database" in request.fixturenames
    if lent:
        request.getfixturevalue("database")
    if lent or is_async_test(request.node):
        request.getfixturevalue("tasks")


@pytest.fixture
async def tasks() -> AsyncIterator[None]:
    """What a test has begun ends with it, though the loop goes on."""
    begun = Tasks()
    yield
    await begun.end()


@pytest.fixture
async def database(kept_database: KeptDatabase, kept_connections: KeptConnections) -> AsyncIterator[str]:
    """The DSN of a database of the test's own, migrated and empty."""
    async with kept_database.lent(kept_connections) as dsn:
        yield dsn


@pytest.fixture
def engine(database: str, kept_connections: KeptConnections) -> AsyncEngine:
    """A SQLAlchemy engine on the test's own database."""
    return kept_connections.engine


@pytest.fixture
def store(database: str, kept_connections: KeptConnections) -> Database:
    """The use cases' connections to the test's own database."""
    return kept_connections.store
