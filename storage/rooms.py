"""Where tickets are shown in Slack: the storage side of `bot/ports.py`. Each method is one short transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.errors import NotFound
from core.instants import Clock, utc_now
from core.messages import Delivery, Party
from sla.clock import Kind
from storage.cards import SqlCards
from storage.database import Database, Row, Session
from storage.files import shown_files
from storage.mails_shown import shown_mail
from storage.playbooks import Playbooks
from storage.queries import rooms as sql
from storage.queries.approvals import shown_approvals
from storage.queries.prompts import PLACE, PROMISED
from storage.queries.runs import shown_runs
from storage.queries.sla import AT_RISK, SLA_PLACE
from storage.shown_fields import shown_fields
from storage.told_places import told_place
from storage.work.clock_json import clocks_of
from storage.work.escalations import brief_of
from ticketing.approvals.shown import ShownApproval, WaitingApproval, waiting
from ticketing.attachments.attachment import ShownFile
from ticketing.attachments.links import GetLinks
from ticketing.attachments.previews import ListedFile
from ticketing.conversations.window import NO_WINDOWS, free_until
from ticketing.escalation.escalation import Escalation
from ticketing.people.actor import ActorKind
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.sla_policy import Audience
from ticketing.resolution.shown import ShownRun
from ticketing.sla.shown import URGENT, AtRisk, ToldPlace, shown_clocks
from ticketing.tickets.card import (
    EarlierWords,
    Place,
    Promised,
    RoomEntry,
    Run,
    TicketCard,
    TicketName,
    Trouble,
    TroubleAbout,
    Understanding,
)
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Priority, Sentiment

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class SqlRooms(SqlCards):
    """Over the same connections as the use cases."""

    def __init__(
        self,
        database: Database,
        playbooks: Playbooks,
        *,
        links: GetLinks | None = None,
        clock: Clock = utc_now,
        windows: Mapping[str, timedelta] = NO_WINDOWS,
    ) -> None:
        """Without `links`, nothing leads to the files that it shows; `clock` says for how long they are good.

        `windows`: of the channels that have one, how long a customer can be answered freely.
        """
        self.windows = windows
        super().__init__(database, sql.TICKETS)
        self._playbooks = playbooks
        self._links, self._clock = links, clock

    async def card(self, ticket_id: UUID) -> TicketCard:
        async with self._database.single() as session:
            row = (await session.execute(sql.CARD, {"ticket": ticket_id})).one_or_none()
            if row is None:
                raise NotFound("There is no such ticket.")
            playbook = await self._playbooks.current(session)
            runs = await shown_runs(session, [row.run_id] if row.run_id else [], playbook)
        return TicketCard(
            ticket_id=ticket_id,
            conversation_id=row.conversation_id,
            number=row.number,
            version=row.version,
            subject=row.subject,
            type=playbook.type(row.type).label,
            category=playbook.category(row.category),
            status=playbook.lifecycle(row.type).status(row.status),
            vocabulary=playbook.vocabulary,
            priority=Priority(row.priority),
            customer=row.customer,
            tier=row.tier,
            channel=row.channel,
            assignee=row.assignee,
            assignee_email=row.assignee_email,
            team=row.team,
            opened_at=row.created_at,
            understanding=_understanding(row),
            comments=row.comments,
            trouble=_trouble(row),
            last_words=row.last_words,
            discarded_by=row.discarded_by,
            merged_into=row.merged_into,
            unreachable_since=row.unreachable_since,
            answer_until=free_until(self.windows.get(row.channel), row.last_inbound_at, row.window_closed_at),
            came_from=row.came_from,
            score=row.score,
            files=row.files,
            fields=shown_fields(row, ticket_id, playbook, now=self._clock()),
            has_fields=bool(playbook.type(row.type).fields),
            clocks=shown_clocks(clocks_of(row.clocks), self._clock()) if row.clocks else (),
            waiting=_waiting(row, playbook),
            tags=tuple(row.tags),
            due_at=row.due_at,
            watchers=row.watchers,
            links=row.links,
            place=(row.card_channel, row.card_ts) if row.card_ts else None,
            description=row.description,
            run=runs.get(row.run_id),
            escalation=_escalation(row, ticket_id),
        )

    async def run(self, run_id: UUID) -> ShownRun:
        async with self._database.single() as session:
            found = await shown_runs(session, [run_id], await self._playbooks.current(session))
        if run_id not in found:
            raise NotFound("There is no such run.")
        return found[run_id]

    async def approval(self, approval_id: UUID) -> ShownApproval:
        async with self._database.single() as session:
            found = await self._approvals([approval_id], session)
        if approval_id not in found:
            raise NotFound("There is no such approval.")
        return found[approval_id]

    async def files(self, ticket_id: UUID, *, most: int) -> Sequence[ListedFile]:
        async with self._database.single() as session:
            rows = (await session.execute(sql.FILES, {"ticket": ticket_id, "most": most})).all()
        links, now = await self._links() if self._links else None, self._clock()
        return [ListedFile(shown_files(row.files, links, now)[0], row.author, row.at) for row in rows]

    async def card_lost(self, ticket_id: UUID, /, *, run: Run) -> None:
        async with self._database.transaction() as session:
            lost = await session.execute(sql.TICKETS.lost, {"owner": ticket_id, "run": run.id})
            if lost.one_or_none() is not None:
                await session.execute(sql.THREAD_LOST, {"ticket": ticket_id})

    async def begin_entries(self, ticket_id: UUID, *, now: datetime) -> Sequence[RoomEntry]:
        links = await self._links() if self._links else None
        async with self._database.single() as session:
            begun = (await session.execute(sql.BEGIN_ENTRIES, {"ticket": ticket_id, "now": now})).all()
            if not begun:
                return []
            posting = {row.id for row in begun if row.posted_before is not None}
            rows = (await session.execute(sql.ENTRIES, {"entries": [row.id for row in begun]})).all()
            approvals = await self._approvals([row.approval_id for row in rows if row.approval_id], session)
            runs = await self._runs([row.run_id for row in rows if row.run_id], session)
        entries = [
            replace(
                entry_of(row, posting=row.id in posting, files=shown_files(row.files, links, now)),
                mail=shown_mail(row, links, now),
            )
            for row in rows
        ]
        if not approvals and not runs:
            return entries
        about = {row.id: (approvals.get(row.approval_id), runs.get(row.run_id)) for row in rows}
        return [replace(each, approval=about[each.id][0], run=about[each.id][1]) for each in entries]

    async def _runs(self, run_ids: Sequence[UUID], session: Session) -> Mapping[UUID, ShownRun]:
        return await shown_runs(session, run_ids, await self._playbooks.current(session)) if run_ids else {}

    async def _approvals(self, approval_ids: Sequence[UUID], session: Session) -> Mapping[UUID, ShownApproval]:
        if not approval_ids:
            return {}
        return await shown_approvals(session, approval_ids, await self._playbooks.current(session))

    async def entries_lost(self, entry_ids: Sequence[UUID], *, run: Run) -> None:
        await self._do(sql.ENTRIES_LOST, {"entries": list(entry_ids), "run": run.id})

    async def entry_shown(self, entry_id: UUID, *, run: Run, ts: str) -> None:
        await self._do(sql.ENTRY_SHOWN, {"entry": entry_id, "run": run.id, "ts": ts})

    async def earlier(self, entry_id: UUID) -> Sequence[EarlierWords]:
        async with self._database.single() as session:
            return [EarlierWords(*row) for row in await session.execute(sql.EARLIER, {"entry": entry_id})]

    async def ticket_at(self, channel: str, thread_ts: str) -> UUID | None:
        return await self._owner_at(channel, thread_ts)

    async def ticket_commented(self, source: str) -> UUID | None:
        row = await self._one(sql.COMMENTED, {"source": source})
        return row.ticket_id if row else None

    async def place_of(self, conversation_id: UUID) -> Place:
        row = await self._one(PLACE, {"conversation": conversation_id})
        if row is None:
            raise NotFound("There is no such conversation.")
        return Place(row.customer, row.assignee, row.slack_user, row.channel, row.ts)

    async def promised(self, ticket_id: UUID) -> Promised:
        row = await self._one(PROMISED, {"ticket": ticket_id})
        if row is None:
            raise NotFound("There is no such ticket.")
        return Promised(*row)

    async def sla_place(self, ticket_id: UUID, clock: str, events: Sequence[str]) -> ToldPlace:
        async with self._database.single() as session:
            row = (await session.execute(SLA_PLACE, {"ticket": ticket_id})).one_or_none()
            playbook = await self._playbooks.current(session)
        if row is None:
            raise NotFound("There is no such ticket, or it has no clocks.")
        return told_place(row, Kind(clock), events, playbook, self._clock())

    async def at_risk(self, *, most: int) -> Sequence[AtRisk]:
        now = self._clock()
        async with self._database.single() as session:
            rows = await session.execute(AT_RISK, {"now": now, "most": most})
        return [
            AtRisk(
                row.number,
                row.subject,
                Priority(row.priority),
                row.customer,
                row.assignee,
                row.channel,
                row.ts,
                tuple(each for each in shown_clocks(clocks_of(row.clocks), now) if each.state in URGENT),
            )
            for row in rows
        ]

    async def email_of(self, slack_user: str, *, since: datetime | None = None) -> str | None:
        row = await self._one(sql.EMAIL_OF, {"user": slack_user, "since": since or _EVER})
        return row.email if row else None

    async def remember_user(self, slack_user: str, email: str, *, zone: str | None = None, now: datetime) -> None:
        await self._do(sql.REMEMBER_USER, {"user": slack_user, "email": email, "zone": zone, "now": now})


def _trouble(row: Row) -> Trouble | None:
    if row.reply_id is None:
        return None
    about = TroubleAbout(row.reply_about)
    return Trouble(row.reply_id, Delivery(row.reply_delivery), row.reply_error or "", row.resendable, about)


def _waiting(row: Row, playbook: Playbook) -> WaitingApproval | None:
    if row.asked_rule is None:
        return None
    return waiting(
        row.asked_rule,
        row.asked_label,
        row.asked_evidence,
        playbook,
        call=row.asked_call,
        requester=row.asked_by,
        since=row.asked_at,
        escalated=row.asked_escalated,
        others=row.asked_others,
        post_ts=row.asked_ts,
    )


def _understanding(row: Row) -> Understanding | None:
    if row.trigger is None:
        return None
    tone = Sentiment(row.tone or row.sentiment)  # what they wrote last may have been no issue to understand
    return Understanding(
        Trigger(row.trigger),
        row.why,
        row.summary,
        row.intent,
        row.confidence,
        tone,
        tuple((entity["kind"], entity["value"]) for entity in row.entities),
        sentiment_then=Sentiment(row.sentiment_then) if row.times > 1 or tone != row.sentiment else None,
        opened_because=Trigger(row.first_trigger) if row.reporter == ActorKind.AI else None,
        times=row.times,
    )


def _escalation(row: Row, ticket_id: UUID) -> Escalation | None:
    if row.escalation_id is None:
        return None
    return Escalation(
        row.escalation_id,
        ticket_id,
        row.escalation_at,
        Trigger(row.escalation_trigger),
        tuple(row.because),
        frozenset(map(Audience, row.notify)),
        Sentiment(row.tone_then) if row.tone_then else None,
        Sentiment(row.tone_there) if row.tone_there else None,
        brief_of(row.brief),
    )


def entry_of(row: Row, *, posting: bool, files: tuple[ShownFile, ...] = ()) -> RoomEntry:
    """A row of `sql.ENTRIES` as a value."""
    return RoomEntry(
        id=row.id,
        ticket_id=row.ticket_id,
        kind=row.kind,
        author=row.author,
        text=row.text,
        at=row.at,
        concerns=row.concerns,
        delivery=Delivery(row.delivery),
        error=row.error,
        slack_ts=row.slack_ts,
        posting=posting,
        message_id=row.message_id,
        note=row.note,
        ticket=TicketName(row.ticket_id, row.number, row.subject),
        others=tuple(TicketName(UUID(key), number, subject) for key, number, subject in row.others or ()),
        moved_to=row.moved_to,
        moved_by=row.moved_by,
        resendable=bool(row.resendable),
        resent_by=row.resent_by,
        goes_along=bool(row.goes_along),
        attachments=files,
        edited_at=row.edited_at,
        is_deleted=row.is_deleted,
        edited_after_answer=bool(row.edited_after_answer),
        answered_by=row.answered_by,
        earlier=row.earlier,
        versions=row.versions or 0,
        answers=row.answers,
        answers_whose=row.answers_whose,
        group=row.in_group,
        copies=tuple(Party(*each) for each in row.cc or ()),
    )
