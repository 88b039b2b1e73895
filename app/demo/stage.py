"""What the demo runs: PostgreSQL, a shop; Slack, Twilio, Telegram, Claude and a mail server as emulators in this
process; and the real web, worker and clock.

Entered, everything is up and ready; left, nothing of it runs any more, however the demo ended.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from app.demo.database import fresh_database
from app.demo.mail import mail_server, mail_settings
from app.demo.processes import Processes, running_processes
from app.demo.shop import ACTIONS, Shop, TravelWithShop, opened
from app.demo.telling import Teller
from app.demo.time_travel import ZONE
from app.demo.workspace import account, workspace
from app.run import bring_up_to_date, database
from app.settings import HOME, Settings
from app.travel import Travel
from app.wiring import services
from bot.intents import CARD_EVENT, CONVERSATION_EVENT
from emulators.anthropic import Organization
from emulators.anthropic import running as running_claude
from emulators.loopback import free_port
from emulators.mail import MailServer
from emulators.mail import running as running_mail
from emulators.slack import Channel, Person, Workspace
from emulators.telegram import BotAccount
from emulators.telegram import running as running_bot
from emulators.twilio import Account, running
from storage.engine import create_engine
from ticketing.people.person import Role

BURST = 0.8  # seconds; a customer who pauses this long is understood (3 by default: a story need not wait that long)
LOGS = HOME / "var" / "demo"
_TIME = LOGS / "time"  # by how much everything here is ahead of the world
_PATIENCE = 1.0  # seconds that the AI waits for a shop that is away (15 minutes by default)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """Mia and Ben work here, Sara supervises; #support is their channel. A guest is in the workspace too."""

    url: str
    settings: Settings
    engine: AsyncEngine
    slack: Workspace
    twilio: Account
    telegram: BotAccount
    mail: MailServer
    channel: Channel
    mia: Person
    ben: Person
    sara: Person
    travel: Travel
    shop: Shop
    claude: Organization
    processes: Processes

    @property
    def names(self) -> dict[str, str]:
        """What ids of people and channels are called."""
        people = {person.id: person.real_name for person in self.slack.people.values()}
        return people | {channel.id: channel.name for channel in self.slack.channels.values()}

    def cards(self) -> list[Json]:
        """The tickets' cards in the channel, oldest first."""
        return self._marked(CARD_EVENT)

    def light_cards(self) -> list[Json]:
        """The cards of conversations without a ticket, oldest first."""
        return self._marked(CONVERSATION_EVENT)

    def _marked(self, event_type: str) -> list[Json]:
        messages = self.slack.channel_messages(self.channel)
        marked = (each for each in messages if each.get("metadata", {}).get("event_type") == event_type)
        return sorted(marked, key=lambda message: float(message["ts"]))

    def card(self, ts: str) -> Json:
        """The card posted then, as it stands now."""
        return self.slack.message(self.channel, ts)

    def thread(self, ts: str) -> list[Json]:
        """What stands under that card, oldest first."""
        return [m for m in self.slack.thread(self.channel, ts) if m["ts"] != ts]


@asynccontextmanager
async def staged(
    teller: Teller,
    *,
    undo: float = 0.0,
    survey: float | None = None,
    playbook: Path | None = None,
    actions: Sequence[str] = (ACTIONS,),
    hosts: str = "",
) -> AsyncIterator[Stage]:
    """`undo`: seconds in which a reply can be undone; a story need not wait for second thoughts.

    `survey`: minutes after which customers are asked how it was; None: they are not.

    `playbook`: what the desk begins with; None: the shop's. `actions`: modules that have its actions.
    `hosts`: as THREADLINE_ACTION_HOSTS.

    Raises DemoFailed, EngineFailed.
    """
    async with AsyncExitStack() as stack:
        with teller.start("PostgreSQL, with a fresh database of the demo's own"):
            dsn = await stack.enter_async_context(_migrated())
            engine = create_engine(dsn, size=2)
            stack.push_async_callback(engine.dispose)
        with teller.start("A shop with orders, payments and an API of its own"):
            shop = await stack.enter_async_context(opened(LOGS / "shop.log"))
        with teller.start("Slack, Twilio, Telegram, Claude and a mail server, emulated on this machine"):
            port, travel = free_port(), await _present_time(shop)
            claude = await stack.enter_async_context(running_claude(Organization()))
            slack, channel, (mia, ben, sara) = workspace(f"http://127.0.0.1:{port}", travel)
            slack_server = await stack.enter_async_context(slack.serve())
            twilio = await stack.enter_async_context(running(account(f"http://127.0.0.1:{port}", travel)))
            telegram = await stack.enter_async_context(
                running_bot(BotAccount(username="acme_shop_bot", name="Acme Shop", clock=travel))
            )
            mail = await stack.enter_async_context(running_mail(mail_server(travel)))
            settings = _settings(
                dsn,
                port,
                slack,
                f"{slack_server.url}/api/",
                twilio,
                telegram,
                mail,
                claude,
                undo=undo,
                survey=survey,
                playbook=playbook,
                actions=actions,
                hosts=hosts,
            )
            hired = {mia: Role.AGENT, ben: Role.AGENT, sara: Role.SUPERVISOR}
            await _hire(settings, dsn, channel, hired)
        processes = await stack.enter_async_context(
            running_processes(settings, shop.environment, engine, teller, logs=LOGS)
        )
        yield Stage(
            url=settings.public_base_url,
            settings=settings,
            engine=engine,
            slack=slack,
            twilio=twilio,
            telegram=telegram,
            mail=mail,
            channel=channel,
            mia=mia,
            ben=ben,
            sara=sara,
            travel=travel,
            shop=shop,
            claude=claude,
            processes=processes,
        )


@asynccontextmanager
async def _migrated() -> AsyncIterator[str]:
    async with database(Settings()) as beside, fresh_database(beside) as dsn:
        await bring_up_to_date(dsn)
        yield dsn


async def _present_time(shop: Shop) -> Travel:
    """Of this demo: an earlier one may have been days ahead."""
    await asyncio.to_thread(_TIME.unlink, missing_ok=True)
    _TIME.parent.mkdir(parents=True, exist_ok=True)
    return TravelWithShop(_TIME, shop)


def _settings(
    dsn: str,
    port: int,
    slack: Workspace,
    slack_api: str,
    twilio: Account,
    telegram: BotAccount,
    mail: MailServer,
    claude: Organization,
    *,
    undo: float,
    survey: float | None,
    playbook: Path | None,
    actions: Sequence[str],
    hosts: str,
) -> Settings:
    """The demo's own, whatever the environment or a .env file says: it must never reach a real provider."""
    return Settings(
        _env_file=None,
        database_url=dsn,
        host="127.0.0.1",
        port=port,
        public_base_url=f"http://127.0.0.1:{port}",
        twilio_account_sid=twilio.account_sid,
        twilio_auth_token=twilio.auth_token,
        twilio_api_url=twilio.url,
        telegram_bot_token=telegram.token,
        telegram_api_url=telegram.url,
        telegram_updates="polling",  # as for a laptop that no provider can reach
        **mail_settings(mail),
        attachments_url=(LOGS / "files").as_uri(),
        slack_bot_token=slack.bot_token,
        slack_signing_secret=slack.signing_secret,
        slack_app_token=None,
        slack_api_url=slack_api,
        slack_pacing=False,
        threadline_playbook=str(playbook) if playbook else None,
        threadline_brain="offline",
        anthropic_api_key=claude.api_key,
        anthropic_base_url=claude.url,
        threadline_actions=" ".join(actions),
        threadline_action_hosts=hosts,
        run_patience_seconds=_PATIENCE,
        burst_seconds=BURST,
        burst_longest_seconds=20.0,
        undo_seconds=undo,
        survey_after_minutes=survey,
        time_zone=str(ZONE),
        time_travel=_TIME,
        log_format="console",
        log_level="info",
    )


async def _hire(settings: Settings, dsn: str, channel: Channel, people: dict[Person, Role]) -> None:
    async with services(settings, dsn, connections=1) as made:
        await made.desk.add_team(channel.name.title(), channel.id)
        for person, role in people.items():
            assert person.email is not None
            await made.desk.add_person(person.real_name, person.email, role)
