"""Everything that runs: PostgreSQL, our processes, the emulated providers, and the people of the desk."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.run import bring_up_to_date
from app.settings import Settings
from app.wiring import services
from chaos.phones import Phones
from chaos.plan import Plan
from chaos.post import AUTHSERV, DESK, Post
from chaos.process import PLAYBOOK
from chaos.processes import Kept
from chaos.server import Server
from chaos.shop import KEY, TroubledShop
from chaos.timeline import Timeline, write_posts
from chaos.town import Citizen
from emulators.loopback import free_port, listens
from emulators.mail import MailServer
from emulators.mail import running as running_mail
from emulators.server import Served
from emulators.slack import CannotDo, Channel, Person, Workspace
from emulators.telegram import BotAccount
from emulators.telegram import running as running_bot
from emulators.twilio import Account, running
from emulators.waiting import until
from examples.shop.api import application
from ticketing.people.person import Role

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "emulated-auth-token"
BOT_TOKEN, WEBHOOK_SECRET = "7100000001:emulated-bot-token", "emulated-webhook-secret"
SECRET_KEY = "emulated-secret-key"
_TELEGRAM_PAUSE = 0.1  # seconds for one of Telegram's before it comes again
# Slack comes again after these seconds; the real one after 0, 60 and 300.
_RETRIES = (0.0, 5.0, 25.0)
_FIVE = 5
_SUPPORT, _REFUNDS = "Support", "Refunds"
_DESK = (
    ("mia", Role.AGENT, _SUPPORT),
    ("ben", Role.AGENT, _SUPPORT),
    ("kim", Role.SUPERVISOR, _REFUNDS),
    ("sara", Role.SUPERVISOR, _SUPPORT),
    ("ada", Role.ADMIN, _SUPPORT),
    ("omar", Role.SUPERVISOR, _SUPPORT),  # not at the office that faults are tried in: there are five
)


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings  # those of its processes
    dsn: str
    logs: Path
    timeline: Timeline
    server: Server
    kept: Sequence[Kept]
    slack: Workspace
    phones: Phones
    channels: Sequence[Channel]  # of the teams; what nobody routed comes to the first
    colleagues: Sequence[Person]
    deciders: Sequence[Person]  # those of them who may decide about approvals
    stranger: Person
    shop: TroubledShop | None = None  # of a storm of returns

    @property
    def channel(self) -> Channel:
        return self.channels[0]

    def room(self, ts: str) -> Channel:
        """The channel in which this stands. Raises CannotDo where it is gone."""
        for channel in self.channels:
            if ts in channel.messages:
                return channel
        raise CannotDo("it is gone")

    def processes(self, command: str) -> list[Kept]:
        return [each for each in self.kept if each.command == command]

    def said(self, lines: int = 25) -> str:
        """The end of what the processes logged."""
        return "\n".join(
            f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
            for log in sorted(self.logs.glob("*.log"))
        )


@asynccontextmanager
async def housed(folder: Path, plan: Plan, citizens: Sequence[Citizen] = ()) -> AsyncIterator[House]:
    """Everything up, and answering. At the end nothing of it is left but the logs."""
    logs = folder / "logs"
    logs.mkdir(parents=True)
    ports = [free_port() for _ in range(plan.webs)]
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    post = Post(MailServer(authserv_id=AUTHSERV), free_port(), plan.seed)
    # Who was not answered decides whether to come again: the emulator's own retries would hide that from them.
    twilio = Account(
        account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, webhook_url=f"{urls[0]}/hooks/whatsapp#rc=0", limits=plan.limits
    )
    telegram = BotAccount(
        token=BOT_TOKEN,
        webhook_url=f"{urls[0]}/hooks/telegram",
        secret_token=WEBHOOK_SECRET,
        limits=plan.limits,
        retry_pause=_TELEGRAM_PAUSE,
    )
    slack = Workspace(
        events_url=f"{urls[-1]}/slack/events",
        limits=plan.limits,
        echoes=plan.limits or plan.office,
        retry_delays=_RETRIES,
    )
    staff = _DESK[: _FIVE if plan.office else None]
    people = [slack.add_user(name, f"{name}@example.com", real_name=name.title()) for name, _, _ in staff]
    stranger = slack.add_user("stranger", "stranger@elsewhere.example")
    channels = [slack.add_channel(name.lower()) for name in (_SUPPORT, _REFUNDS)]  # with everybody who is there by now
    shop = TroubledShop(citizens) if plan.returns else None
    server, timeline = Server(folder / "database"), Timeline(logs / "timeline.log")
    try:
        dsn = await server.start()
        await _open_the_desk(dsn, channels)
        async with (
            slack.serve() as slack_server,
            running(twilio),
            running_bot(telegram),
            running_mail(post.server) as smtp,
            _open(shop) as shop_settings,
        ):
            environment = {
                "DATABASE_URL": dsn,
                "PUBLIC_BASE_URL": urls[0],
                "ATTACHMENTS_URL": (folder / "files").resolve().as_uri(),
                "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
                "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
                "TWILIO_API_URL": twilio.url,
                "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
                "TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET,
                "TELEGRAM_UPDATES": "webhook",
                "TELEGRAM_API_URL": telegram.url,
                "EMAIL_ADDRESS": f"Shop <{DESK}>",
                "EMAIL_SMTP_URL": f"smtp://{smtp.host}:{smtp.port}",
                "EMAIL_AUTHSERV_ID": AUTHSERV,
                "EMAIL_RELAYS": "127.0.0.1",
                "SECRET_KEY": SECRET_KEY,
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_SIGNING_SECRET": slack.signing_secret,
                "SLACK_API_URL": f"{slack_server.url}/api/",
                "SLACK_PACING": str(plan.limits).lower(),
                "BURST_SECONDS": "0.3",
                "UNDO_SECONDS": "3" if plan.office else "0.5",
                "ANTHROPIC_API_KEY": "",
                "THREADLINE_PLAYBOOK": str(PLAYBOOK),
                **shop_settings,
            }
            token = {"SLACK_APP_TOKEN": slack.app_token}
            # One process has the port: mail servers come again while it is dead.
            door = {"EMAIL_LISTEN": f"127.0.0.1:{post.port}"}
            kept = [
                *(
                    Kept(f"web-{at}", "web", {**environment, "PORT": str(port), **(door if at == 1 else {})}, timeline)
                    for at, port in enumerate(ports, 1)
                ),
                *(Kept(f"worker-{at}", "worker", environment, timeline) for at in (1, 2)),
                *([Kept("clock", "clock", environment, timeline)] if plan.clock else []),
                *([Kept("bot", "bot", environment | token, timeline)] if plan.sockets else []),
            ]
            async with _running(kept):
                for port in ports:
                    await until(partial(listens, port), f"something on port {port}", patience=120, pause=0.05)
                if plan.sockets:
                    await until(lambda: slack.sockets.connected, "a socket", patience=120, pause=0.05)
                values: dict[str, Any] = {name.lower(): value for name, value in environment.items()}
                settings = Settings(_env_file=None, **values)
                phones = Phones(twilio, telegram, post)
                deciders = [each for each, (_, role, _) in zip(people, staff, strict=True) if role is not Role.AGENT]
                yield House(
                    settings,
                    dsn,
                    logs,
                    timeline,
                    server,
                    kept,
                    slack,
                    phones,
                    channels,
                    people,
                    deciders,
                    stranger,
                    shop,
                )
    finally:
        try:
            write_posts(logs / "posts.jsonl", slack.calls)
        finally:
            await server.close(logs)


async def _open_the_desk(dsn: str, channels: Sequence[Channel]) -> None:
    await bring_up_to_date(dsn)
    async with services(Settings(_env_file=None, database_url=dsn), dsn, connections=1) as made:
        for team, channel in zip((_SUPPORT, _REFUNDS), channels, strict=True):
            await made.desk.add_team(team, channel.id)
        for name, role, team in _DESK:
            await made.desk.add_person(name.title(), f"{name}@example.com", role, team)


@asynccontextmanager
async def _open(shop: TroubledShop | None) -> AsyncIterator[dict[str, str]]:
    """The shop on a port, and the settings of whoever calls it."""
    if shop is None:
        yield {}
        return
    async with Served(application(shop)) as served:
        yield {
            "THREADLINE_ACTIONS": "examples.actions.shop",
            "THREADLINE_ACTION_SHOP_URL": served.url,
            "THREADLINE_ACTION_SHOP_TOKEN": KEY,
        }


@asynccontextmanager
async def _running(kept: Sequence[Kept]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(each.run(stop)) for each in kept]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)
