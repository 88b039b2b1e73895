"""What Slack posts, at our real door: the Bolt app with all its listeners, the desk and PostgreSQL behind it."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp
import asyncpg

from bot.client import Slack
from bot.config import SlackConfig
from emulators.slack import Workspace
from emulators.slack.delivery import signed
from storage.database import Database
from storage.embedded import EmbeddedEngine
from storage.engine import create_engine, plain_dsn
from storage.migrate import migrate
from tests.bot.office import Office, staffed
from tests.conftest import ROOT
from tests.corpora.findings import Finding

_FORM = "application/x-www-form-urlencoded"


async def check(slack: Path) -> tuple[Finding, Finding]:
    """Post each payload twice: as it is, its values scrubbed, and with the ids of our people, channel and card."""
    events, interactions = Finding("Slack: events at our door"), Finding("Slack: interactions at our door")
    event_files, other_files = await asyncio.to_thread(
        lambda: (sorted(slack.glob("events/*.json")), sorted(slack.glob("interactions/*.json")))
    )
    async with _office() as office, aiohttp.ClientSession(trust_env=False) as session:
        for file in event_files:
            for payload in _variants(json.loads(file.read_text()), office):
                # Whatever it is about, it is acknowledged: what is not comes again, and again.
                await _post(session, office, _event(payload), "application/json", events, file.stem, worst=399)
        # Otherwise the payloads were all passed over, and nothing was held against anything.
        if not await office.all("SELECT 1 FROM comment"):
            events.failures.append("none of the messages in the card's thread became a comment")
        for file in other_files:
            for payload in _variants(json.loads(file.read_text()), office):
                form = urlencode({"payload": json.dumps(payload)} if "type" in payload else _command(payload))
                await _post(session, office, form.encode(), _FORM, interactions, file.stem, worst=499)
    return events, interactions


async def _post(
    session: aiohttp.ClientSession, office: Office, body: bytes, kind: str, finding: Finding, name: str, *, worst: int
) -> None:
    headers = {"Content-Type": kind, **signed(office.workspace.signing_secret, body, time.time())}
    finding.checked += 1
    async with session.post(str(office.workspace.courier.url), data=body, headers=headers) as answer:
        if answer.status > worst:
            finding.failures.append(f"{name}: answered {answer.status} {(await answer.text())[:80]}")


_numbers = itertools.count(1)


def _event(payload: Any) -> bytes:
    envelope = {"type": "event_callback", "event_id": f"Ev{next(_numbers)}"}
    return json.dumps({**payload, **envelope} if "event" in payload else payload).encode()


def _command(payload: Any) -> dict[str, str]:
    return {name: str(value) for name, value in payload.items()}


def _variants(payload: Any, office: Office) -> Iterator[Any]:
    yield payload
    mia = next(person.id for person in office.workspace.people.values() if person.name == "mia")
    known = {
        "team_id": office.workspace.team_id,
        "channel": office.support.id,
        "channel_id": office.support.id,
        "user": mia,
        "user_id": mia,
        "thread_ts": office.ts,
        "message_ts": office.ts,
        "ts": f"{time.time() + next(_numbers):.6f}",
        "text": "words",
    }
    yield _filled(payload, known)


def _filled(value: Any, known: dict[str, str]) -> Any:
    """The payload with known values where it has empty strings, and not by a bot."""
    if isinstance(value, list):
        return [_filled(each, known) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("id") == "" and {"name", "team_id"} <= set(value):
        value = {**value, "id": known["user"]}
    return {
        name: known[name] if each == "" and name in known else _filled(each, known)
        for name, each in value.items()
        if name not in ("bot_id", "bot_profile")
    }


@asynccontextmanager
async def _database() -> AsyncIterator[str]:
    """The DSN of a new database, migrated and empty, in the PostgreSQL that the tests use too."""
    home, name = ROOT / "var" / "tests", f"corpora_{uuid4().hex}"
    home.mkdir(parents=True, exist_ok=True)
    async with EmbeddedEngine(home, settings={"fsync": "off", "full_page_writes": "off"}) as postgres:
        admin = await asyncpg.connect(plain_dsn(postgres.dsn()))
        try:
            await admin.execute(f"CREATE DATABASE {name}")
            engine = create_engine(postgres.dsn(name), size=1)
            await migrate(engine)
            await engine.dispose()
            yield postgres.dsn(name)
        finally:
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.close()


@asynccontextmanager
async def _office() -> AsyncIterator[Office]:
    space = Workspace(limits=False)
    people = [space.add_user(name, f"{name}@desk.example") for name in ("mia", "ben")]
    support = space.add_channel("support", members=people)
    async with _database() as dsn, space.serve() as served:
        config = SlackConfig(space.bot_token, space.signing_secret, api_url=f"{served.url}/api/")
        engine, store, slack = create_engine(dsn, size=4), Database(dsn, size=4), Slack(config)
        try:
            async with staffed(engine, store, space, config, slack, support) as office:
                yield office
        finally:
            await slack.close()
            await store.close()
            await engine.dispose()
