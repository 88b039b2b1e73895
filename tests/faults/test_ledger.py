"""Both channels while everything goes wrong by a seeded chance: at the end the books balance.

Which message meets which fault depends on who comes first; what must hold does not.
"""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from ai.offline import OfflineBrain
from app.services import Services
from app.templates import sync
from app.wiring import services
from core.errors import Refused
from emulators.telegram import BotAccount, running
from emulators.telegram.customer import Written
from emulators.telegram.faults import MENU as TELEGRAM
from emulators.twilio import Customer
from emulators.twilio.faults import MENU as TWILIO
from tests.conftest import fresh_database
from tests.faults.books import books
from tests.journey.stage import Anybody, Json, Stage, address_of, staged
from tests.pictures import a_picture
from tests.playbooks import IN_PROGRESS, RESOLVED
from ticketing.attachments.give import keep_file
from ticketing.conversations.window import WindowClosed
from ticketing.people.person import Person
from ticketing.templates.template import FromTemplate

PICTURE = a_picture(size=(64, 40))
LONG = " ".join(f"and {number}" for number in range(600))  # two messages on Telegram


async def chunks() -> AsyncIterator[bytes]:
    yield PICTURE


@dataclass
class Storm:
    stage: Stage
    bot: BotAccount
    made: Services
    mia: Person
    sara: Person
    templates: list[UUID]
    number: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    sids: set[str] = field(default_factory=set)  # what customers sent, and Twilio was told that we have it
    written: list[Written] = field(default_factory=list)  # the same at Telegram

    def begins(self, seed: int) -> None:
        """Each kind of fault for one send on each channel, and more by chance, for whatever is asked or delivered."""
        twilio, bot = self.stage.twilio, self.bot
        twilio.webhook_url = f"{twilio.webhook_url}#rc=3&rp=ct,rt,5xx"
        for operation, faults, menu in (
            ("messages.create", twilio.faults, TWILIO),
            ("sendMessage", bot.faults, TELEGRAM),
        ):
            for kind in menu:
                faults.add(operation, kind)
            faults.at_random(seed, 0.05, longest=0.05)
        twilio.callbacks.at_random(seed, 0.5)
        for deliveries in (twilio.delivery_faults, bot.delivery_faults):
            deliveries.at_random(seed, 0.3, longest=0.1)

    def ends(self) -> None:
        for each in (self.stage.twilio.faults, self.bot.faults, self.stage.twilio.callbacks):
            each.calm()
        for chance in (self.stage.twilio.delivery_faults, self.bot.delivery_faults):
            chance.calm()

    async def settled(self) -> None:
        await self.bot.settle()
        await self.stage.settled()

    async def writes(self, customer: Anybody, text: str, *, photo: bool = False) -> None:
        if isinstance(customer, Customer):
            sent = await (customer.photo(PICTURE, text) if photo else customer.write(text))
            assert sent.ok
            self.sids.add(sent.sid)
        else:
            self.written.append(customer.photo(PICTURE, caption=text) if photo else customer.write(text))
            await self.written[-1].delivered(60)

    async def complains(self, customer: Anybody) -> None:
        await self.writes(customer, f"My mug from order {4000 + next(self.number)} arrived broken, I want a refund.")
        await self.writes(customer, "Here you see it.", photo=True)

    async def tickets(self) -> list[Json]:
        return await self.stage.rows(
            "SELECT ticket.id, conversation.channel, address"
            " FROM ticket JOIN conversation ON conversation.id = conversation_id"
        )

    async def is_answered(self, ticket: Json) -> None:
        """By words, more words than one message takes, a picture, a template; and by one that is taken back."""
        whatsapp = ticket["channel"] == "whatsapp"
        await self.reply(ticket, f"Sorry! {next(self.number)}")
        await self.reply(ticket, f"{next(self.number)} {'' if whatsapp else LONG}")
        kept = await keep_file(
            f"{next(self.number)}.jpg",
            chunks(),
            by=self.mia,
            request=f"file {next(self.number)}",
            most=10**6,
            store=self.made.files.store,
            start=self.made.start,
            clock=self.made.clock,
        )
        await self.reply(ticket, f"A label. {next(self.number)}", files=[kept])
        if whatsapp:
            await self.reply(ticket, FromTemplate(self.templates[0], {"1": str(next(self.number))}))
        regretted = await self.reply(ticket, f"Never mind. {next(self.number)}")
        for row in await self.stage.rows("SELECT id FROM message WHERE request = $1", regretted):
            with suppress(Refused):  # too late
                await self.made.desk.withdraw(row["id"], by=self.mia)

    async def reply(self, ticket: Json, words: str | FromTemplate, files: list[UUID] | None = None) -> str:
        request = f"reply {next(self.number)}"
        with suppress(WindowClosed):  # as Twilio said meanwhile: then nothing is written
            await self.made.desk.reply(ticket["id"], words, by=self.mia, request=request, files=files or ())
        return request

    async def resolve(self, ticket: Json) -> None:
        for status in (IN_PROGRESS, RESOLVED):
            await self.made.desk.change_status(ticket["id"], status, by=self.sara)


async def weathers(stage: Stage, bot: BotAccount, *, seed: int, size: int) -> None:
    async with services(stage.settings, stage.dsn, connections=8) as made:
        stage.twilio.template("order_update", "About your order: {{1}}")
        await sync(made)
        await made.desk.choose_fallback("whatsapp", "order_update")
        people = {each.name: each for each in await made.desk.people()}
        storm = Storm(
            stage, bot, made, people["Mia"], people["Sara"], [each.id for each in await made.desk.templates("whatsapp")]
        )
        whatsapp = [stage.customer(f"Wanda {number}") for number in range(size)]
        telegram = [bot.customer(name=f"Tom {number}") for number in range(size)]
        everybody: list[Anybody] = [*whatsapp, *telegram]
        storm.begins(seed)

        storm.written += [each.start() for each in telegram]
        await asyncio.gather(*(storm.complains(each) for each in everybody))
        await storm.settled()
        tickets = await storm.tickets()
        assert {row["address"] for row in tickets} == {address_of(each) for each in everybody}
        telegram[0].block()
        stage.twilio.undeliverable(whatsapp[0].number)
        for channel, unwanted in (("whatsapp", whatsapp[1]), ("telegram", telegram[1])):
            await made.desk.block_sender(channel, address_of(unwanted))
        for first in range(0, len(tickets), 8):
            await asyncio.gather(*(storm.is_answered(each) for each in tickets[first : first + 8]))
        await asyncio.gather(*(storm.complains(each) for each in (whatsapp[1], telegram[1])))
        await storm.settled()
        for each in tickets:
            await storm.resolve(each)
        await storm.settled()
        storm.ends()
        await asyncio.gather(*(storm.writes(each, f"{random.Random(seed).randint(1, 5)}") for each in whatsapp[2:]))
        await storm.settled()

        balance = await books(stage, bot)
        balance.incoming(storm.sids, storm.written, bot)
        states = balance.outgoing()
        assert states.total() == len(balance.written) > 10 * size
        assert min(states["delivered"], states["sent"], states["failed"], states["unknown"]) > 0, states
        assert balance.apart.total() == 4
        assert stage.twilio.faults.left == bot.faults.left == 0  # each kind was met
        assert await stage.rows("SELECT id FROM pgqueuer") == []


@pytest.mark.parametrize(
    ("seed", "size"), [(1, 3), pytest.param(2, 25, marks=pytest.mark.long), pytest.param(3, 25, marks=pytest.mark.long)]
)
async def test_whatever_goes_wrong_accepted_is_filed_and_written_is_sent_failed_unknown_or_withdrawn(
    postgres: str, brain: OfflineBrain, seed: int, size: int
) -> None:
    async with (
        running(BotAccount(secret_token="telegram-shows-this", retry_pause=0.01, limits=False)) as bot,
        fresh_database(postgres) as dsn,
        staged(dsn, brain, telegram=bot, survey_after_minutes=0.0, welcome_text="Welcome!", undo_seconds=0.5) as stage,
    ):
        await weathers(stage, bot, seed=seed, size=size)
