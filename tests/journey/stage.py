"""The stage of a journey: the real web process and worker, the real SDKs, and the emulated providers around them.

What a journey does, it does as a customer with a phone or as a person in Slack.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg

from app.processes import web, worker
from app.settings import Settings
from app.wiring import services
from emulators.slack import Channel, Person, Workspace
from emulators.twilio import Account, running
from storage.engine import plain_dsn
from ticketing.people.person import Role
from ticketing.triage.suggestion import Brain

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "emulated-auth-token"
Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stage:
    """Mia, Ben and Sara work here; a stranger is in the Slack workspace too. Sara supervises."""

    url: str
    dsn: str
    settings: Settings
    slack: Workspace
    twilio: Account
    channel: Channel
    mia: Person
    ben: Person
    sara: Person
    stranger: Person

    def cards(self) -> list[Json]:
        """The cards in the team's channel, oldest first."""
        messages = self.slack.channel_messages(self.channel)
        return sorted((m for m in messages if m.get("thread_ts", m["ts"]) == m["ts"]), key=lambda m: float(m["ts"]))

    def thread(self, card: Json) -> list[Json]:
        """What stands under a card, oldest first."""
        return [m for m in self.slack.thread(self.channel, card["ts"]) if m["ts"] != card["ts"]]

    async def card(self, *, number: int = 1) -> Json:
        """The number-th card, as soon as it stands there."""
        await until(lambda: len(self.cards()) >= number, f"card {number}")
        return self.cards()[number - 1]

    async def settled(self) -> None:
        """Nothing is left to do: every event is filed, every job done or parked."""
        connection = await asyncpg.connect(plain_dsn(self.dsn))
        try:

            async def idle() -> bool:
                return not await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE status <> 'failed'")

            await until(idle, "an idle queue")
        finally:
            await connection.close()

    async def rows(self, query: str, *arguments: object) -> list[Json]:
        """What the database says, for what cannot be seen from outside."""
        connection = await asyncpg.connect(plain_dsn(self.dsn))
        try:
            return [dict(row) for row in await connection.fetch(query, *arguments)]
        finally:
            await connection.close()


async def until(check: Callable[[], T | Awaitable[T]], what: str, *, patience: float = 15.0) -> T:
    """Wait until `check` says yes, and return what it says."""
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        answer = check()
        value = await answer if isinstance(answer, Awaitable) else answer
        if value:
            return value
        assert asyncio.get_running_loop().time() < deadline, f"waited {patience:.0f} s for {what}"
        await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def staged(dsn: str, brain: Brain, *, burst_seconds: float = 0.15) -> AsyncIterator[Stage]:
    """Everything running, with the people of the desk in place."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    twilio = Account(
        account_sid=ACCOUNT_SID,
        auth_token=AUTH_TOKEN,
        webhook_url=f"{url}/hooks/whatsapp",
        status_callback_url=None,
        limits=False,
    )
    slack = Workspace(events_url=f"{url}/slack/events", limits=False)
    people = {name: slack.add_user(name, f"{name}@example.com", real_name=name.title()) for name in ("mia", "ben", "sara")}
    stranger = slack.add_user("stranger", "stranger@elsewhere.example")
    channel = slack.add_channel("support")
    async with slack.serve() as slack_server, running(twilio):
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it, its plugin does not know
            database_url=dsn,
            port=port,
            public_base_url=url,
            twilio_account_sid=ACCOUNT_SID,
            twilio_auth_token=AUTH_TOKEN,
            twilio_api_url=twilio.url,
            slack_bot_token=slack.bot_token,
            slack_signing_secret=slack.signing_secret,
            slack_api_url=f"{slack_server.url}/api/",
            burst_seconds=burst_seconds,
        )
        await _hire(settings, dsn, channel)
        async with _running(settings, dsn, brain):
            yield Stage(url, dsn, settings, slack, twilio, channel, **people, stranger=stranger)


async def _hire(settings: Settings, dsn: str, channel: Channel) -> None:
    async with services(settings, dsn, connections=1) as made:
        await made.desk.add_team("Support", channel.id)
        for name, role in (("Mia", Role.AGENT), ("Ben", Role.AGENT), ("Sara", Role.SUPERVISOR)):
            await made.desk.add_person(name, f"{name.lower()}@example.com", role)


@asynccontextmanager
async def _running(settings: Settings, dsn: str, brain: Brain) -> AsyncIterator[None]:
    stop = asyncio.Event()
    processes = [
        asyncio.create_task(web.run(settings, dsn, stop)),
        asyncio.create_task(worker.run(settings, dsn, stop, brain=brain)),
    ]
    try:
        await until(lambda: _listens(settings.port), "the web process")
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*processes), 20)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
