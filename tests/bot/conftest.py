"""A Slack workspace on the wire with people and a channel in it, our client for it, and an office that works in it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.manifest import EVENTS, scopes
from core.ids import new_id
from emulators.server import Served
from emulators.slack import Channel, Person, Workspace
from storage.database import Database
from tests.bot.cards import a_card
from tests.bot.office import Office, staffed
from tests.fakes.rooms import FakeRooms
from ticketing.tickets.card import TicketCard


@pytest.fixture
def workspace() -> Workspace:
    """Which gave the app what its manifest asks for, and no more."""
    return Workspace(limits=False, scopes=scopes(), subscriptions=EVENTS)


@pytest.fixture
async def served(workspace: Workspace) -> AsyncIterator[Served]:
    async with workspace.serve() as served:
        yield served


@pytest.fixture
def mia(workspace: Workspace) -> Person:
    return workspace.add_user("mia", "mia@desk.example")


@pytest.fixture
def ben(workspace: Workspace) -> Person:
    return workspace.add_user("ben", "ben@desk.example")


@pytest.fixture
def stranger(workspace: Workspace) -> Person:
    return workspace.add_user("stranger", "stranger@elsewhere.example")


@pytest.fixture
def support(workspace: Workspace, mia: Person, ben: Person, stranger: Person) -> Channel:
    return workspace.add_channel("support", members=[mia, ben, stranger])


@pytest.fixture
def config(workspace: Workspace, served: Served) -> SlackConfig:
    return SlackConfig(
        workspace.bot_token, workspace.signing_secret, workspace.app_token, f"{served.url}/api/", timeout=5
    )


@pytest.fixture
async def slack(config: SlackConfig) -> AsyncIterator[Slack]:
    slack = Slack(config)
    yield slack
    await slack.close()


@pytest.fixture
def rooms() -> FakeRooms:
    return FakeRooms()


@pytest.fixture
def by_socket() -> bool:
    """How Slack comes; `tests.bot.office.EITHER_WAY` makes a test be run both ways."""
    return False


@pytest.fixture
async def office(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    by_socket: bool,
) -> AsyncIterator[Office]:
    """The real Bolt app, desk and PostgreSQL behind that workspace, with a ticket in the channel."""
    async with staffed(engine, store, workspace, config, slack, support, by_socket=by_socket) as made:
        yield made


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def card(rooms: FakeRooms, support: Channel) -> TicketCard:
    card = a_card(ticket_id=new_id())
    rooms.put(card, channel=support.id)
    return card
