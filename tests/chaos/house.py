"""Web and worker as real processes on a PostgreSQL of their own, restarted as `threadline up` does; their killer."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from app.processes.up import run_processes
from app.run import bring_up_to_date
from app.settings import HOME, Settings
from app.wiring import services
from emulators.slack import Channel, Workspace
from emulators.twilio import Account, running
from tests.chaos.town import Day
from tests.journey.stage import ACCOUNT_SID, AUTH_TOKEN, answers_at, free_port, until
from tests.storage.embedded.conftest import Checkout

WEB, WORKER, POSTMASTER = "web", "worker", "postmaster"


@dataclass(frozen=True, slots=True)
class House:
    dsn: str
    logs: Path
    checkout: Checkout
    slack: Workspace
    twilio: Account
    channel: Channel
    killed: list[str] = field(default_factory=list)

    @property
    def posted(self) -> int:
        """Everything that stands in the channel and its threads."""
        return len(self.channel.messages)

    async def kill(self, what: str) -> None:
        """kill -9. If it is dead just now, as soon as it lives again."""
        for process in await until(lambda: self._processes(what), f"a living {what}", patience=30):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        self.killed.append(what)

    def _processes(self, what: str) -> list[psutil.Process]:
        if what == POSTMASTER:
            return [each for each in self.checkout.processes() if _words(each)[1:2] == ["-D"]]
        ours = psutil.Process().children(recursive=True)
        return [each for each in ours if _words(each)[-2:] == [what, "--lifeline"]]

    def said(self) -> str:
        """The end of what the processes logged."""
        return "\n".join(
            f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-25:])
            for log in sorted(self.logs.glob("*.log"))
        )


def _words(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []


@dataclass(frozen=True, slots=True)
class Kill:
    """What dies once this share of the work is done. By work and not by the clock: it is in the midst of it then,
    on a slow machine too. The instant within that moment is chance."""

    what: str
    acknowledged: float  # of all messages
    posted: float  # of everything that must stand in Slack
    later: float  # seconds


def schedule(dice: random.Random) -> list[Kill]:
    """Everything dies twice, at random instants."""
    web = [Kill(WEB, dice.uniform(0.05, 0.9), 0, dice.uniform(0, 0.1)) for _ in range(2)]
    worker = [Kill(WORKER, 0, dice.uniform(0.05, 0.6), dice.uniform(0, 0.1)) for _ in range(2)]
    postmaster = [
        Kill(POSTMASTER, dice.uniform(0.1, 0.8), 0, dice.uniform(0, 0.1)),
        Kill(POSTMASTER, 0, dice.uniform(0.1, 0.6), dice.uniform(0, 0.1)),
    ]
    return [*web, *worker, *postmaster]


async def carry_out(kills: Sequence[Kill], house: House, day: Day) -> None:
    """Returns when the last has been carried out."""
    async with asyncio.TaskGroup() as group:
        for kill in kills:
            group.create_task(_carry_out(kill, house, day))


async def _carry_out(kill: Kill, house: House, day: Day) -> None:
    def due() -> bool:
        return day.acknowledged >= kill.acknowledged * day.written and house.posted >= kill.posted * day.posts

    await until(due, f"the work after which {kill.what} dies", patience=120)
    await asyncio.sleep(kill.later)
    await house.kill(kill.what)


@asynccontextmanager
async def housed(folder: Path) -> AsyncIterator[House]:
    """Everything up, the desk with one team. At the end nothing of it is left."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    twilio = Account(
        account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, webhook_url=f"{url}/hooks/whatsapp#rc=0", limits=False
    )
    slack = Workspace(events_url=f"{url}/slack/events", limits=False, echoes=False)
    channel = slack.add_channel("support")
    checkout = Checkout(folder / "checkout")
    logs = folder / "logs"
    logs.mkdir()
    try:
        dsn = await checkout.engine(settings={}).start()
        async with slack.serve() as server, running(twilio):
            environment = {
                "DATABASE_URL": dsn,
                "PORT": str(port),
                "PUBLIC_BASE_URL": url,
                "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
                "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
                "TWILIO_API_URL": twilio.url,
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_SIGNING_SECRET": slack.signing_secret,
                "SLACK_API_URL": f"{server.url}/api/",
                "SLACK_PACING": "false",
                "BURST_SECONDS": "0.3",
                "UNDO_SECONDS": "0",
            }
            await _open_the_desk(dsn, channel)
            async with _run(environment, logs):
                await answers_at(port)
                yield House(dsn, logs, checkout, slack, twilio, channel)
    finally:
        await checkout.close()


async def _open_the_desk(dsn: str, channel: Channel) -> None:
    await bring_up_to_date(dsn)
    settings = Settings(_env_file=None, database_url=dsn)
    async with services(settings, dsn, connections=1) as made:
        await made.desk.add_team("Support", channel.id)


@asynccontextmanager
async def _run(environment: Mapping[str, str], logs: Path) -> AsyncIterator[None]:
    stop = asyncio.Event()
    processes = asyncio.create_task(run_processes([WEB, WORKER], environment, stop, home=HOME, logs=logs))
    try:
        yield
    finally:
        stop.set()
        await processes
    assert not [each for each in psutil.Process(os.getpid()).children() if "--lifeline" in _words(each)]
