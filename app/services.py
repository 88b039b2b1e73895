"""Everything that the handlers of one process share, made once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ai.actions.desk_actions import DeskActions
from bot.client import Slack
from connectors.registry import Connector
from core.instants import Clock
from storage.blobs.store import BlobStore
from storage.blobs.unused import UnusedFiles
from storage.checkpoints import Checkpoints
from storage.customers import SqlCustomers
from storage.digests import SqlDigests
from storage.direct_messages import SqlDirectMessages
from storage.feeds import SqlFeeds
from storage.finding import SqlFinding
from storage.homes import SqlHomes
from storage.light_cards import SqlLightCards
from storage.lists.lists import SqlTicketLists
from storage.lists.search import SqlTicketSearch
from storage.mails_kept import SqlMails
from storage.pictures import SqlPictures
from storage.put_away import KeptEvents
from storage.repairs import SqlRepairs
from storage.rooms import SqlRooms
from ticketing.attachments.fetch import Sources
from ticketing.attachments.links import GetLinks
from ticketing.attachments.outgoing import Outgoing
from ticketing.brain import Brain
from ticketing.conversations.fallback import Outside
from ticketing.desk import Desk
from ticketing.ports import ShareWork, StartWork
from ticketing.surveys.plan import SurveyRules
from ticketing.tickets.card import Owner
from ticketing.triage.decide import Rules
from ticketing.triage.understand import Pace


@dataclass(frozen=True, slots=True)
class Files:
    """Files of customers and of the team."""

    store: BlobStore
    sources: Sources
    links: GetLinks
    outgoing: Outgoing
    pictures: SqlPictures
    unused: UnusedFiles
    events: KeptEvents


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who files and understands beside others shares a transaction with them: one kind of work each."""

    filing: ShareWork
    reading: ShareWork
    applying: ShareWork


@dataclass(frozen=True, slots=True)
class Services:
    """`brain` belongs to processes that work jobs; the others never ask it. `stand_in` reads what it could not."""

    start: StartWork
    sharing: Sharing
    clock: Clock
    rules: Rules
    pace: Pace
    desk: Desk
    outside: Outside
    rooms: SqlRooms
    direct_messages: SqlDirectMessages
    digests: SqlDigests
    repairs: Mapping[Owner, SqlRepairs]
    light_cards: SqlLightCards
    files: Files
    customers: SqlCustomers
    finding: SqlFinding
    mails: SqlMails
    homes: SqlHomes
    lists: SqlTicketLists
    search: SqlTicketSearch
    connectors: Mapping[str, Connector]
    feeds: SqlFeeds
    checkpoints: Checkpoints
    slack: Slack | None
    brain: Brain
    stand_in: Brain | None
    patience: timedelta  # a customer waits for the brain
    actions: DeskActions
    run_patience: timedelta  # what a run calls is away: so long is waited before a person takes over
    surveys: SurveyRules
    welcome: str | None = None  # said to whoever starts a conversation without writing anything
