"""A desk whose cards stand in an emulated Slack, and what `threadline doctor --repair` makes of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.commands.repair import Repaired, _data, repair
from app.services import Services
from app.settings import Settings
from app.wiring import services
from bot.client import Slack
from bot.repair.decks import Deck, decks
from bot.wire import card_seen
from core.ids import new_id
from core.instants import utc_now
from core.messages import Inbound
from emulators.slack import Channel, Workspace, as_text
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import pass_to_people
from ticketing.people.actor import AI
from ticketing.people.person import Person, Role
from ticketing.tickets.card import Owner
from ticketing.tickets.open_ticket import NewTicket, add_ticket
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority

Json = dict[str, Any]
Shown = Ticket | Conversation


@dataclass
class Desk:
    """One team, which works in the channel `support`. Nothing is shown but by `show` and by the repair."""

    made: Services
    client: Slack
    dsn: str
    slack: Workspace
    support: Channel
    mia: Person
    engine: AsyncEngine
    tickets: list[Ticket] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)

    def deck(self, of: Shown) -> Deck:
        made = self.made
        return decks(made.repairs, made.rooms, made.light_cards, self.client, made.clock)[_owner(of)]

    async def show(self, of: Shown) -> None:
        await self.deck(of).show(of.id, str(new_id()))

    async def run(self, query: str, **values: object) -> list[Json]:
        async with self.engine.begin() as connection:
            result = await connection.execute(text(query), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    async def card(self, of: Shown) -> Json:
        """As it stands where the database says that it does."""
        (at,) = await self.run(f"SELECT channel, ts FROM {_owner(of)}_card WHERE {_owner(of)}_id = :id", id=of.id)
        return self.slack.message(at["channel"], at["ts"])

    async def repair(self, **options: bool) -> list[str]:
        """What was done, as "whose what"; nothing may be left to do afterwards."""
        repaired = await repair(self.made, self.dsn, **options)
        assert repaired.problems == []
        return done(repaired)

    async def state(self) -> list[str]:
        """Everything a person sees."""
        return [as_text(m) for c in self.slack.channels.values() for m in self.slack.channel_messages(c)]

    async def forget(self, of: Shown) -> None:
        """The database is restored from a copy made before it was shown: it knows less than Slack."""
        await self.run(f"DELETE FROM {_owner(of)}_card WHERE {_owner(of)}_id = :id", id=of.id)
        if isinstance(of, Ticket):
            await self.run(
                "UPDATE room_entry SET slack_ts = NULL, needs_showing = true WHERE ticket_id = :id", id=of.id
            )

    def marked(self, of: Shown) -> list[Json]:
        """Its cards in all channels."""
        return [
            message
            for channel in self.slack.channels.values()
            for message in self.slack.channel_messages(channel)
            if (mark := card_seen(message)) is not None and (mark.owner, mark.owner_id) == (_owner(of), of.id)
        ]

    def thread(self, card: Json, channel: Channel | None = None) -> list[str]:
        return [as_text(m).splitlines()[-1] for m in self.slack.thread(channel or self.support, card["ts"])[1:]]

    async def opened(self, number: int) -> Ticket:
        """A new ticket."""
        async with self.made.start() as uow:
            conversation = await uow.conversations.open_for(_written(number, "Anna"), at=utc_now())
            new = NewTicket(f"Broken mug {number}", Priority.NORMAL, "return", "damaged")
            ticket = await add_ticket(conversation, new, by=AI, assignee_id=None, uow=uow, now=utc_now())
        assert ticket is not None
        return ticket

    async def greeted(self, number: int, name: str) -> Conversation:
        """A conversation that waits for people without a ticket."""
        now = utc_now()
        async with self.made.start() as uow:
            conversation = await uow.conversations.open_for(_written(number, name), at=now)
            waits = pass_to_people(conversation, now, by=AI, at=now)
            return await save_conversation(waits, uow=uow, now=now)


def _owner(of: Shown) -> Owner:
    return Owner.TICKET if isinstance(of, Ticket) else Owner.CONVERSATION


def _written(number: int, name: str) -> Inbound:
    return Inbound(f"SM{number}", "whatsapp", "+14155550100", f"+49151{number}", name, "It is broken.", None)


def done(repaired: Repaired) -> list[str]:
    steps = _data(repaired)["steps"]
    return [f"{step.get('ticket') or step['conversation']} {step['what']}" for step in steps]


@asynccontextmanager
async def open_desk(database: str, engine: AsyncEngine) -> AsyncIterator[Desk]:
    """Without tickets or conversations yet."""
    slack = Workspace(limits=False)
    support = slack.add_channel("support")
    async with slack.serve() as served:
        settings = Settings(
            _env_file=None,
            slack_bot_token=slack.bot_token,
            slack_signing_secret=slack.signing_secret,
            slack_api_url=f"{served.url}/api/",
            slack_pacing=False,
        )
        async with services(settings, database, connections=4) as made:
            assert made.slack is not None
            await made.desk.add_team("Support", support.id)
            mia = await made.desk.add_person("Mia", "mia@desk.example", Role.ADMIN)
            yield Desk(made, made.slack, database, slack, support, mia, engine)
