"""What is made of what. Every process builds its services here and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ai.claude.config import ClaudeConfig
from app.enclosed import EnclosedFiles
from app.own_actions import desk_actions
from app.services import Files, Services, Sharing
from app.settings import HOME, Settings
from app.subscriptions import CARD_JOBS, route
from bot.client import Slack
from bot.pacing import Turnstile
from connectors.contract import Enclosing, FileSource
from connectors.registry import Connector, connect
from core.instants import Clock
from storage.blobs.places import open_store
from storage.blobs.store import BlobStore
from storage.blobs.unused import UnusedFiles
from storage.checkpoints import Checkpoints
from storage.customers import SqlCustomers
from storage.database import Database
from storage.digests import SqlDigests
from storage.direct_messages import SqlDirectMessages
from storage.feeds import SqlFeeds
from storage.finding import SqlFinding
from storage.homes import SqlHomes
from storage.ledger import SqlLedger
from storage.light_cards import SqlLightCards
from storage.lists.lists import SqlTicketLists
from storage.lists.search import SqlTicketSearch
from storage.mails_kept import SqlMails
from storage.pictures import SqlPictures
from storage.playbooks import Playbooks
from storage.put_away import KeptEvents
from storage.repairs import SqlTicketRepairs, light_card_repairs
from storage.rooms import SqlRooms
from storage.secrets import SharedLinks
from storage.together import Together
from storage.unit_of_work import SqlUnitOfWork
from ticketing.attachments.fetch import Fetchable
from ticketing.attachments.outgoing import Outgoing
from ticketing.brain import Brain
from ticketing.conversations.fallback import Outside
from ticketing.desk import Desk
from ticketing.drafting.draft import Brief, Drafted
from ticketing.ports import UnitOfWork
from ticketing.resolution.proposal import Case, Phrased, Proposed, Telling
from ticketing.tickets.card import Owner
from ticketing.tickets.comment import FROM_SLACK
from ticketing.triage.decide import Rules
from ticketing.triage.suggestion import Burst, Suggestion, Vocabulary
from ticketing.triage.understand import Pace

if TYPE_CHECKING:
    from ai.claude.brain import ClaudeBrain

RULES = Rules(sure_enough=0.75)  # a brain less sure that something is, or is not, a ticket: a person decides


class NoBrain:
    """For processes that never understand anything: asking it is a mistake in the wiring."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:  # noqa: ARG002 - the Brain protocol
        raise RuntimeError("this process has no brain")

    async def draft(self, brief: Brief) -> Drafted | None:  # noqa: ARG002
        raise RuntimeError("this process has no brain")

    async def propose(self, case: Case) -> Proposed:  # noqa: ARG002
        raise RuntimeError("this process has no brain")

    async def phrase(self, telling: Telling) -> Phrased | None:  # noqa: ARG002
        raise RuntimeError("this process has no brain")


@asynccontextmanager
async def services(
    settings: Settings, dsn: str, *, brain: Brain | None = None, clock: Clock | None = None, connections: int = 10
) -> AsyncIterator[Services]:
    """Made on entry, closed on exit, in the reverse order.

    `brain` is the offline one of a process that works jobs; where the settings choose Claude, it stands in for Claude.
    `clock`: the settings' own unless given.
    """
    clock, pause = clock or settings.clock, timedelta(seconds=settings.burst_seconds)
    to_jobs = route(pause)
    async with AsyncExitStack() as stack:
        database = Database(dsn, size=connections)
        stack.push_async_callback(database.close)
        connectors = connect(settings.channels)
        for connector in connectors.values():
            stack.push_async_callback(connector.close)

        playbooks = Playbooks()

        def start() -> UnitOfWork:
            return SqlUnitOfWork(database, to_jobs, playbooks)

        limits = {channel: connector.limits for channel, connector in connectors.items()}
        windows = {channel: each.window for channel, each in limits.items() if each.window is not None}
        lead = timedelta(hours=settings.window_prompt_hours)
        rules = replace(RULES, hours=settings.hours, windows=windows, lead=lead)
        turns = Turnstile() if settings.slack_pacing else None
        slack = Slack(settings.slack, turns=turns) if settings.slack else None
        if slack is not None:
            stack.push_async_callback(slack.close)
        claude = await stack.enter_async_context(_claude(settings, database, clock)) if brain else None
        actions = desk_actions(settings)
        stack.push_async_callback(actions.close)
        files = _files(settings, database, connectors, slack, clock)
        rooms = SqlRooms(database, playbooks, links=files.links, windows=windows, clock=clock)
        homes = SqlHomes(database, playbooks, CARD_JOBS)
        digests = SqlDigests(database, playbooks, homes, hours=settings.hours, zone=settings.zone)
        yield Services(
            start=start,
            sharing=Sharing(*(Together(database, to_jobs, playbooks) for _ in fields(Sharing))),
            clock=clock,
            rules=rules,
            pace=Pace(pause, timedelta(seconds=max(settings.burst_longest_seconds, settings.burst_seconds))),
            desk=Desk(start, clock, rules, limits, zone=settings.zone, undo=timedelta(seconds=settings.undo_seconds)),
            rooms=rooms,
            direct_messages=SqlDirectMessages(database, playbooks, rooms),
            outside=Outside(settings.fallback, settings.zone),
            repairs={
                Owner.TICKET: SqlTicketRepairs(database),
                Owner.CONVERSATION: light_card_repairs(database),
            },
            light_cards=SqlLightCards(
                database, sure_enough=RULES.sure_enough, links=files.links, windows=windows, clock=clock
            ),
            files=files,
            customers=SqlCustomers(database, playbooks),
            finding=SqlFinding(database, playbooks, links=files.links, clock=clock),
            mails=SqlMails(database, files.links, clock),
            homes=homes,
            digests=digests,
            lists=SqlTicketLists(database),
            search=SqlTicketSearch(database),
            connectors=connectors,
            feeds=SqlFeeds(database),
            checkpoints=Checkpoints(database, settings.secret_key),
            slack=slack,
            brain=claude or brain or NoBrain(),
            stand_in=brain if claude else None,
            patience=timedelta(seconds=settings.brain_patience_seconds),
            actions=actions,
            run_patience=timedelta(seconds=settings.run_patience_seconds),
            surveys=settings.surveys,
            welcome=settings.welcome_text,
        )


def _files(
    settings: Settings, database: Database, connectors: Mapping[str, Connector], slack: Slack | None, clock: Clock
) -> Files:
    store = BlobStore(open_store(settings.attachments_url, HOME))
    links = SharedLinks(database, settings.public_base_url, settings.secret_key)
    events = KeptEvents(database, store)
    sources = {
        channel: Fetchable(source, min(settings.attachment_most_bytes, connector.limits.receives))
        for channel, connector in connectors.items()
        if (source := _source(channel, connector, events)) is not None
    }
    if slack is not None:  # where colleagues put files beside their comments
        sources[FROM_SLACK] = Fetchable(slack, settings.attachment_most_bytes)
    pictures, unused = SqlPictures(database, store, clock=clock), UnusedFiles(database, store)
    return Files(store, sources, links, Outgoing(links, store), pictures, unused, events)


def _source(channel: str, connector: Connector, events: KeptEvents) -> FileSource | None:
    if isinstance(connector, Enclosing):
        return EnclosedFiles(channel, connector, events)
    return connector if isinstance(connector, FileSource) else None


@asynccontextmanager
async def _claude(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[Brain | None]:
    """None where the settings do not choose it."""
    if settings.claude is None:
        yield None
        return
    brain = await asyncio.to_thread(_make_claude, settings.claude, SqlLedger(database), clock)
    try:
        yield brain
    finally:
        await brain.close()


def _make_claude(config: ClaudeConfig, ledger: SqlLedger, clock: Clock) -> "ClaudeBrain":
    from ai.claude.brain import ClaudeBrain  # the SDK takes seconds to load, and most processes do without it

    return ClaudeBrain(config, ledger, clock=clock)
