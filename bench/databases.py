"""Databases of the bench's own cluster, and what our processes are told about them."""

from uuid import uuid4

import asyncpg
from sqlalchemy.engine import make_url

from app.run import bring_up_to_date
from bench.processes import ACCOUNT_SID, AUTH_TOKEN
from storage.engine import plain_dsn


def environment(dsn: str) -> dict[str, str]:
    twilio = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    # The plain process: what was measured before there were playbooks stays comparable.
    return twilio | {"DATABASE_URL": dsn, "THREADLINE_BRAIN": "offline", "THREADLINE_PLAYBOOK": "none"}


async def fresh(base: str) -> str:
    """The DSN of a new one, migrated and empty; those of before go. `base` is of any database of the cluster."""
    dsn = await _made(base, "")
    await bring_up_to_date(dsn)
    return dsn


async def of_copy(base: str, kept: str) -> str:
    """The DSN of a new one, which is as the one of the DSN `kept` is."""
    return await _made(base, f"TEMPLATE {make_url(kept).database}")


async def _made(base: str, like: str) -> str:
    name = f"bench_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(plain_dsn(base))
    try:
        for row in await admin.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'bench_%'"):
            await admin.execute(f"DROP DATABASE {row['datname']} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name} {like}", timeout=600)
    finally:
        await admin.close()
    return make_url(plain_dsn(base)).set(database=name).render_as_string(hide_password=False)
