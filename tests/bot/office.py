"""An office to press, fill in and write in: Slack as the door, the real Bolt app, the real desk and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from slack_bolt.async_app import AsyncApp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.routing import Route

from app.wiring import RULES
from bot.app import build
from bot.client import Slack
from bot.config import SlackConfig
from bot.http import slack_endpoint
from bot.intents import Action, Choice, Work
from bot.showing import show_ticket
from bot.showing.hold import HOLD
from bot.socket_mode import Pace, run
from core.ids import new_id
from core.instants import utc_now
from core.messages import Inbound, Limits
from emulators.server import Served
from emulators.slack import Channel, Person, Workspace, as_text
from storage.customers import SqlCustomers
from storage.database import Database
from storage.finding import SqlFinding
from storage.homes import SqlHomes
from storage.light_cards import SqlLightCards
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from storage.secrets import SharedLinks
from storage.unit_of_work import Route as Jobs
from storage.unit_of_work import SqlUnitOfWork
from tests.fakes.channels import FakeConnector
from ticketing.conversations.deliver import deliver
from ticketing.conversations.fallback import Outside
from ticketing.desk import Desk
from ticketing.people.actor import AI
from ticketing.people.person import Role
from ticketing.ports import UnitOfWork
from ticketing.resolution.no_actions import no_actions
from ticketing.resolution.ports import ActionsOf
from ticketing.tickets.card import Run
from ticketing.tickets.open_ticket import NewTicket, add_ticket
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority

Json = dict[str, Any]


NOWHERE = Database("postgresql://nobody@127.0.0.1:1/nowhere")  # never asked
NO_CUSTOMERS = SqlCustomers(NOWHERE, Playbooks())
NO_HOMES = SqlHomes(NOWHERE, Playbooks())
NO_FINDING = SqlFinding(NOWHERE, Playbooks(), links=SharedLinks(NOWHERE, "https://desk.example", "a key"))


EITHER_WAY = pytest.mark.parametrize("by_socket", [False, True], ids=["http", "socket"])
_ON_SCREEN = {
    Choice.ASSIGN: Work.ASSIGN,
    Choice.NEW_TICKET: Work.NEW_TICKET,
    Choice.NOT_A_TICKET: Work.NOT_A_TICKET,
    Choice.BLOCK: Work.BLOCK,
}


@dataclass
class Office:
    """A desk with Slack as its door, and a ticket in the channel."""

    desk: Desk
    rooms: SqlRooms
    slack: Slack
    workspace: Workspace
    support: Channel
    engine: AsyncEngine
    store: Database
    ticket: Ticket
    ts: str = ""

    async def show(self, ticket_id: UUID | None = None, *, after: timedelta = timedelta()) -> None:
        shown = ticket_id or self.ticket.id
        await show_ticket(
            shown, job=str(new_id()), rooms=self.rooms, client=self.slack, clock=lambda: utc_now() + after
        )
        if ticket_id is None:
            row = await self.one("SELECT ts FROM ticket_card WHERE ticket_id = :id", id=self.ticket.id)
            self.ts = row["ts"]

    async def forget_card(self) -> None:
        """What we do when Slack says that it is gone."""
        run, now = Run("forgetting"), utc_now()
        await self.rooms.take(self.ticket.id, run=run, now=now, until=now + HOLD)
        await self.rooms.card_lost(self.ticket.id, run=run)
        await self.rooms.release(self.ticket.id, run=run)

    async def deliver(self) -> None:
        """The oldest reply that waits leaves the outbox."""
        row = await self.one("SELECT id FROM message WHERE delivery = 'pending' ORDER BY at LIMIT 1")
        channels = {"whatsapp": FakeConnector(channel="whatsapp")}
        await deliver(row["id"], job="1", channels=channels, outside=Outside(), start=self.desk.start, clock=utc_now)

    def card(self) -> str:
        return as_text(self.workspace.message(self.support, self.ts))

    async def press(self, person: Person, action: Action, choice: Choice | None = None) -> Any:
        """Press a button of the card, or choose in its menu; the modal that opens, if one does.

        Behind More, a `choice` is a button of the screen that it opens.
        """
        if action is Action.MORE and choice in _ON_SCREEN:
            done = await person.press(self.support, self.ts, Action.WORK)
            if person.modals():
                done = await person.press_in(person.modals()[-1]["id"], _ON_SCREEN[choice])
            assert done.outcome == "acknowledged", done
            return person.modals()[-1]["id"] if person.modals() else None
        option = None
        if choice is not None:
            blocks = self.workspace.message(self.support, self.ts)["blocks"]
            menus = [e for b in blocks for e in [*b.get("elements", []), b.get("accessory", {})] if "options" in e]
            option = next(o["value"] for o in menus[0]["options"] if f'"a":"{choice}"' in o["value"])
        done = await person.press(self.support, self.ts, action, selected_option=option)
        assert done.outcome == "acknowledged", done
        return person.modals()[-1]["id"] if person.modals() else None

    async def one(self, query: str, **values: Any) -> Json:
        async with self.engine.connect() as connection:
            return dict((await connection.execute(text(query), values)).mappings().one())

    async def all(self, query: str, **values: Any) -> list[Json]:
        async with self.engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(text(query), values)).mappings()]

    async def now(self) -> Json:
        return await self.one("SELECT * FROM ticket WHERE id = :id", id=self.ticket.id)


@asynccontextmanager
async def staffed(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    playbooks: Playbooks | None = None,
    by_socket: bool = False,
    route: Jobs = lambda _: (),
    actions: ActionsOf = no_actions,
) -> AsyncIterator[Office]:
    """The office with Mia and Ben at the desk, its door open (HTTP, or Socket Mode) and its ticket shown. Nobody works
    there but `route`: tests show a ticket when they want to see it.
    """

    playbooks = playbooks or Playbooks()

    def start() -> UnitOfWork:
        return SqlUnitOfWork(store, route, playbooks)

    desk = Desk(start, utc_now, RULES, {"whatsapp": Limits(text=1600)})
    links = SharedLinks(store, "https://desk.example", "a key")
    rooms = SqlRooms(store, playbooks, links=links)
    await desk.add_team("Support", support.id)
    for name in ("Mia", "Ben"):
        await desk.add_person(name, f"{name.lower()}@desk.example", Role.AGENT)
    light_cards = SqlLightCards(store, sure_enough=RULES.sure_enough, links=links)
    customers = SqlCustomers(store, playbooks)
    finding = SqlFinding(store, playbooks, links=links)
    homes = SqlHomes(store, playbooks)
    bolt = build(
        config, desk, rooms, light_cards, customers, finding, homes, slack=slack, clock=utc_now, actions=actions
    )
    async with _socket(bolt, workspace) if by_socket else _http(bolt, workspace, config):
        office = Office(desk, rooms, slack, workspace, support, engine, store, await opened_by_ai(start()))
        await office.show()
        yield office


@asynccontextmanager
async def _http(bolt: AsyncApp, workspace: Workspace, config: SlackConfig) -> AsyncIterator[None]:
    web = Starlette(routes=[Route("/slack/events", slack_endpoint(bolt, config), methods=["POST"])])
    async with Served(web) as door:
        workspace.courier.url = f"{door.url}/slack/events"
        yield


@asynccontextmanager
async def _socket(bolt: AsyncApp, workspace: Workspace) -> AsyncIterator[None]:
    async with connected(bolt, workspace):
        await workspace.sockets.until_connected()
        yield


QUICK = Pace(check=0.05, ping=0.1, report=0.05, hello=0.4, longest_pause=0.05)


@asynccontextmanager
async def connected(bolt: AsyncApp, workspace: Workspace, *, pace: Pace = QUICK) -> AsyncIterator[list[str | None]]:
    """The bot over Socket Mode: what it reports. Leaving, it has an orderly end."""
    stop, reports = asyncio.Event(), list[str | None]()

    async def report(problem: str | None) -> None:
        reports.append(problem)

    task = asyncio.create_task(run(bolt, workspace.app_token, stop, pace=pace, report=report))
    try:
        yield reports
    finally:
        stop.set()
        await asyncio.wait_for(task, 5)


async def opened_by_ai(uow: UnitOfWork) -> Ticket:
    inbound = Inbound("SM1", "whatsapp", "+14155550100", "+4915112345678", "Anna <!here>", "My mug is broken.", None)
    async with uow:
        conversation = await uow.conversations.open_for(inbound, at=utc_now())
        new = NewTicket("Broken mug", Priority.HIGH, "return", "damaged")
        opened = await add_ticket(conversation, new, by=AI, assignee_id=None, uow=uow, now=utc_now())
        assert opened is not None
        return opened


def told(person: Person) -> str:
    """The last thing that only they were told."""
    return str(person.ephemerals()[-1]["text"])
