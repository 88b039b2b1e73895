"""One PostgreSQL for the whole suite, shared by all workers of a parallel run; a fresh database for each test.

The database is a copy of a template that was made by migrating, as in production.
"""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import Database
from storage.embedded import EmbeddedEngine
from storage.engine import create_engine, plain_dsn
from storage.migrate import migrate

ROOT = Path(__file__).resolve().parent.parent
# Named by what the migrations say, so that one changed before its release makes a new template.
_MIGRATIONS = sorted((ROOT / "storage" / "migrations" / "versions").glob("*.py"))
TEMPLATE = f"template_{hashlib.sha256(b''.join(path.read_bytes() for path in _MIGRATIONS)).hexdigest()[:16]}"

# The longest go first: one that began last would keep everybody waiting for its worker alone.
_LONGEST = (
    "tests/chaos/test_storm.py",
    "tests/app/test_demo.py",
    "tests/storage/test_plans.py",
    "tests/journey/",
    "tests/faults/",
    "tests/storage/embedded/",
    "tests/app/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((at for at, part in enumerate(_LONGEST) if item.nodeid.startswith(part)), len(_LONGEST))

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk reads these and ignores NO_PROXY; the tests talk to this machine only."""
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
    home = ROOT / "var" / "tests"
    home.mkdir(parents=True, exist_ok=True)
    with asyncio.Runner() as runner:
        engine = EmbeddedEngine(home, settings={"fsync": "off", "full_page_writes": "off", "max_connections": "300"})
        dsn = runner.run(engine.start())
        try:
            with (home / "template.lock").open("w") as lock:
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
        engine = create_engine(_of(dsn, making), size=1)
        await migrate(engine)
        await engine.dispose()
        await admin.execute(f"ALTER DATABASE {making} RENAME TO {TEMPLATE}")
    finally:
        await admin.close()


def _of(dsn: str, database: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(dsn).set(database=database).render_as_string(hide_password=False)


@asynccontextmanager
async def fresh_database(postgres: str) -> AsyncIterator[str]:
    """The DSN of a new database, migrated and empty, for as long as the block lasts."""
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(plain_dsn(postgres))
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        yield _of(postgres, name)
    finally:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.close()


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[str]:
    """The DSN of a database of the test's own, migrated and empty."""
    async with fresh_database(postgres) as dsn:
        yield dsn


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    """A SQLAlchemy engine on the test's own database."""
    made = create_engine(database, size=10)
    yield made
    await made.dispose()


@pytest.fixture
async def store(database: str) -> AsyncIterator[Database]:
    """The use cases' connections to the test's own database."""
    made = Database(database, size=10)
    yield made
    await made.close()
