"""The stage of a journey: the real web process and worker, the real SDKs, and the emulated providers around them.

What a journey does, it does as a customer with a phone or as a person in Slack.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from app.processes import bot, clock, web, worker
from app.settings import Settings
from app.wiring import services
from bot.manifest import EVENTS, scopes
from core.instants import utc_now
from emulators.anthropic import Organization
from emulators.loopback import free_port, listens
from emulators.mail import MailCustomer, MailServer, by_smtp
from emulators.slack import Channel, Interaction, Person, Workspace, as_text
from emulators.telegram import BotAccount
from emulators.telegram import Customer as TelegramCustomer
from emulators.twilio import Account, Customer, running
from emulators.waiting import until
from storage.engine import plain_dsn
from ticketing.brain import Brain
from ticketing.people.person import Role

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "emulated-auth-token"
Json = dict[str, Any]
Anybody = Customer | TelegramCustomer  # with a phone
Writer = Anybody | MailCustomer
DESK = "support@shop.example"


@dataclass(slots=True)
class Ahead:
    """Twilio's clock, which a journey may put ahead of ours: its 24-hour window closes when a journey wants it to."""

    by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.by


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
    twilio_clock: Ahead
    _numbers: Iterator[int] = field(init=False, default_factory=lambda: itertools.count(15_110_000_001))

    def customer(self, name: str) -> Customer:
        """Somebody new with a phone. Journeys share a stage, so each has customers of its own."""
        return self.twilio.customer(f"+49{next(self._numbers)}", name=name)

    def cards(self) -> list[Json]:
        """The tickets' cards in the team's channel, oldest first."""
        return self._marked("threadline_card")

    def _marked(self, event_type: str) -> list[Json]:
        messages = self.slack.channel_messages(self.channel)
        marked = (each for each in messages if each.get("metadata", {}).get("event_type") == event_type)
        return sorted(marked, key=lambda message: float(message["ts"]))

    async def light_cards_of(self, customer: Writer) -> list[Json]:
        """The light cards of this customer's conversation, once everything has settled; there should be one at most."""
        await self.settled()
        place = await self.rows("SELECT id FROM conversation WHERE address = $1", address_of(customer))
        mark = str(place[0]["id"]) if place else ""
        return [
            each
            for each in self._marked("threadline_conversation")
            if each["metadata"]["event_payload"]["conversation"] == mark
        ]

    async def light_card_of(self, customer: Writer) -> Json:
        (card,) = await self.light_cards_of(customer)
        return card

    def thread(self, card: Json) -> list[Json]:
        """What stands under a card, oldest first."""
        return [m for m in self.slack.thread(self.channel, card["ts"]) if m["ts"] != card["ts"]]

    async def card(self, *, number: int = 1) -> Json:
        """The number-th card, as soon as it stands there."""
        await until(lambda: len(self.cards()) >= number, f"card {number}")
        return self.cards()[number - 1]

    async def cards_of(self, customer: Writer) -> list[Json]:
        """The cards of this customer's tickets, oldest ticket first. Every one of them, whatever it shows."""
        places = await self.rows(
            "SELECT number, ticket.id FROM ticket JOIN conversation ON conversation.id = conversation_id"
            " WHERE address = $1 ORDER BY number",
            address_of(customer),
        )
        marks = [str(place["id"]) for place in places]
        return sorted(
            (card for card in self.cards() if _ticket_of(card) in marks), key=lambda card: marks.index(_ticket_of(card))
        )

    async def card_of(self, customer: Writer, *, number: int = 1) -> Json:
        """The card of the customer's number-th ticket, once everything has settled. There is exactly that many."""
        await self.settled()
        cards = await self.cards_of(customer)
        assert len(cards) == number, f"{len(cards)} cards for {customer.name}"
        return cards[-1]

    async def writes(self, customer: Customer, text: str) -> Json:
        """The customer writes something that becomes their first ticket; its card."""
        assert (await customer.write(text)).status == 200
        return await self.card_of(customer)

    def text(self, thing: Json) -> str:
        """A message or modal as a person reads it."""
        names = {person.id: person.real_name for person in self.slack.people.values()}
        return as_text(thing, names=names, columns=20_000)

    def thread_text(self, card: Json) -> str:
        """Everything under a card, as a person reads it."""
        return "\n".join(self.text(message) for message in self.thread(card))

    async def press(self, person: Person, card: Json, action: str) -> Interaction:
        """Press a button of a card as it stands now."""
        return await person.press(self.channel, card["ts"], f"ticket.{action}")

    async def press_light(self, person: Person, card: Json, action: str, choice: str | None = None) -> Interaction:
        """Press a button of a light card, or choose in its menu."""
        option = None
        if choice is not None:
            menu = _element(card, action)
            option = next(each["value"] for each in menu["options"] if f'"{choice}"' in each["value"])
        return await person.press(self.channel, card["ts"], action, selected_option=option)

    async def opens(self, person: Person, card: Json, action: str) -> Json:
        """Press a button that opens a form, or the one behind More; the form."""
        await self.press(person, card, "work" if action in _BEHIND_MORE else action)
        assert person.modals(), f"no form; {person.name} was told: {self.told(person)!r}"
        if action in _BEHIND_MORE and action != "work":
            await person.press_in(person.modals()[-1]["id"], f"work.{action}")
        return person.modals()[-1]

    async def offers(self, person: Person, view: Json, menu: str, typed: str) -> Json:
        """The first that a menu in their form offers when this is typed."""
        return (await person.suggestions(menu, typed, view_id=view["id"]))[0]

    async def sets_priority(self, person: Person, card: Json, to: str) -> str:
        """Behind More; what the screen says then."""
        screen = await self.opens(person, card, "work")
        await person.press_in(screen["id"], "work.priority", value=to)
        return self.screen(person)

    def screen(self, person: Person) -> str:
        """What stands on a ticket's screen, on one line, without what can be pressed."""
        shown = [block["text"]["text"] for block in person.modals()[0]["blocks"] if "text" in block]
        return " ".join(" ".join(shown).translate(str.maketrans("", "", "*_`")).split())

    async def fills(self, person: Person, card: Json, action: str, values: Mapping[str, Any]) -> Interaction:
        """Open a form, fill it in, submit it."""
        return await person.submit((await self.opens(person, card, action))["id"], values)

    def told(self, person: Person) -> str:
        """The newest message that only this person sees; "" if there is none."""
        private = person.ephemerals()
        return self.text(private[-1]) if private else ""

    async def settled(self) -> None:
        """Nothing is left to do: callbacks have come, every event is filed, every job done or parked."""
        connection = await asyncpg.connect(plain_dsn(self.dsn))

        async def idle() -> bool:
            return not await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE status <> 'failed'")

        try:
            await until(idle, "an idle queue")
            await self.twilio.settle()  # what the work above made Twilio say
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


_BEHIND_MORE = {"work", "assign", "hand_off", "owner", "due", "tags", "watchers", "links", "merge", "new_ticket"}


def address_of(customer: Writer) -> str:
    """Where a conversation with them is to be found."""
    match customer:
        case Customer():
            return customer.number
        case MailCustomer():
            return customer.address
    return str(customer.id)


def pictures_under(stage: Stage, card: Json) -> list[int]:
    """The width in pixels of each picture in a thread, from top to bottom."""
    shown = [block["slack_file"]["id"] for m in stage.thread(card) for block in m["blocks"] if block["type"] == "image"]
    found = [stage.slack.files.find(each) for each in shown]
    return [file.pixels[0] if file is not None and file.pixels is not None else 0 for file in found]


def _ticket_of(card: Json) -> str:
    return str(card.get("metadata", {}).get("event_payload", {}).get("ticket"))


def _element(card: Json, action_id: str) -> Json:
    for block in card["blocks"]:
        for element in (*block.get("elements", []), block.get("accessory", {})):
            if element.get("action_id") == action_id:
                return dict(element)
    raise AssertionError(f"no {action_id} on {json.dumps(card['blocks'])}")


@asynccontextmanager
async def staged(
    dsn: str,
    brain: Brain,
    *,
    burst_seconds: float = 0.15,
    undo_seconds: float = 0.0,
    business_hours: str = "",
    survey_after_minutes: float | None = None,
    welcome_text: str | None = None,
    socket_mode: bool = False,
    anthropic: Organization | None = None,
    telegram: BotAccount | None = None,
    mail: MailServer | None = None,
    actions: str = "",
) -> AsyncIterator[Stage]:
    """Everything running, with the people of the desk in place. `socket_mode`: Slack comes by the bot's socket.
    `anthropic`: Claude understands the customers, and the brain stands in for it. `telegram`: a bot that posts its
    updates to us until somebody polls them, which `a_clock` does. `mail`: the customers' server, which brings theirs.
    `actions`: modules with some, which find their settings in the environment.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    ahead = Ahead()
    twilio = Account(
        account_sid=ACCOUNT_SID,
        auth_token=AUTH_TOKEN,
        webhook_url=f"{url}/hooks/whatsapp",
        status_callback_url=None,
        limits=False,
        clock=ahead,
    )
    slack = Workspace(
        events_url=None if socket_mode else f"{url}/slack/events",
        limits=False,
        deadline=30.0,
        scopes=scopes(),  # exactly what the manifest asks for
        subscriptions=EVENTS,
    )
    if telegram is not None:
        telegram.webhook.url = f"{url}/hooks/telegram"
    listen = free_port()
    if mail is not None:
        mail.bring(DESK, by_smtp("127.0.0.1", listen))
    people = {
        name: slack.add_user(name, f"{name}@example.com", real_name=name.title()) for name in ("mia", "ben", "sara")
    }
    stranger = slack.add_user("stranger", "stranger@elsewhere.example")
    channel = slack.add_channel("support")
    async with slack.serve() as slack_server, running(twilio):
        settings = Settings(
            _env_file=None,
            database_url=dsn,
            port=port,
            public_base_url=url,
            twilio_account_sid=ACCOUNT_SID,
            twilio_auth_token=AUTH_TOKEN,
            twilio_api_url=twilio.url,
            slack_bot_token=slack.bot_token,
            slack_signing_secret=None if socket_mode else slack.signing_secret,
            slack_app_token=slack.app_token if socket_mode else None,
            slack_api_url=f"{slack_server.url}/api/",
            slack_pacing=False,
            threadline_brain="claude" if anthropic else "offline",
            anthropic_api_key=anthropic and anthropic.api_key,
            telegram_bot_token=telegram and telegram.token,
            telegram_webhook_secret=telegram and telegram.webhook.secret_token,
            telegram_api_url=telegram and telegram.url,
            secret_key="a secret of the journeys" if mail else None,
            email_address=mail and f"Shop <{DESK}>",
            email_smtp_url=mail and f"smtp://{mail.host}:{mail.port}",
            email_listen=f"127.0.0.1:{listen}" if mail else "",
            email_relays="127.0.0.1/32",
            email_authserv_id=mail and mail.authserv_id,
            anthropic_base_url=anthropic.url if anthropic else "http://127.0.0.1:9",
            threadline_actions=actions,
            burst_seconds=burst_seconds,
            undo_seconds=undo_seconds,
            business_hours=business_hours,
            survey_after_minutes=survey_after_minutes,
            welcome_text=welcome_text,
        )
        await _hire(settings, dsn, channel)
        async with _running(settings, dsn, brain):
            await until(lambda: slack.courier.connected, "a way to reach the bot")
            yield Stage(url, dsn, settings, slack, twilio, channel, **people, stranger=stranger, twilio_clock=ahead)


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
    if settings.slack_app_token:
        processes.append(asyncio.create_task(bot.run(settings, dsn, stop)))
    try:
        await answers_at(settings.port)
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*processes), 20)


@asynccontextmanager
async def a_clock(stage: Stage) -> AsyncIterator[None]:
    """The clock process, for journeys in which something comes by itself."""
    stop = asyncio.Event()
    running_clock = asyncio.create_task(clock.run(stage.settings, stage.dsn, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running_clock, 20)


async def answers_at(port: int) -> None:
    """Wait until somebody listens there."""
    await until(lambda: listens(port), f"something on port {port}", patience=30)
