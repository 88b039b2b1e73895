"""Bring a database to the newest schema. Any number of processes may try at once: one does it, the others wait.

Each process tries when it starts, and nearly always finds nothing to do: for that Alembic is not loaded.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x7468_7265_6164  # any constant of our own: "thread"
_REVISIONS = Path(__file__).parent / "migrations" / "versions"
_NAMED = re.compile(r'^(down_)?revision\b.*= "(\w+)"', re.MULTILINE)


def config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, without a file of its own."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    made.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s")
    made.attributes["connection"] = connection
    return made


def newest() -> str:
    """The revision this code needs: the one that no other follows."""
    named: list[tuple[str, str]] = []
    for file in _REVISIONS.glob("*.py"):
        named += _NAMED.findall(file.read_text())
    followed = {name for down, name in named if down}
    (head,) = {name for down, name in named if not down} - followed
    return head


async def migrate(engine: AsyncEngine) -> None:
    """Run all missing revisions in one transaction: a crash leaves the schema as it was."""
    if await current(engine) == newest():
        return
    from alembic import command

    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(lambda sync: command.upgrade(config(sync), "head"))


async def current(engine: AsyncEngine) -> str | None:
    """The revision the database is at; None when it is empty."""
    async with engine.connect() as connection:
        if (await connection.execute(text("SELECT to_regclass('alembic_version')"))).scalar() is None:
            return None
        revision: str | None = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
        return revision
