"""Conversations without a ticket: where their light cards stand, what these show, and which ones wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.errors import NotFound
from core.instants import Clock, utc_now
from core.messages import Delivery
from storage.cards import SqlCards
from storage.database import Database, Row
from storage.files import shown_files
from storage.mails_shown import shown_mail
from storage.queries import light_cards as sql
from ticketing.attachments.links import GetLinks
from ticketing.conversations.conversation import State
from ticketing.conversations.light_card import LastReply, LightCard, ShownMatch, SuggestedTicket
from ticketing.conversations.window import NO_WINDOWS, free_until
from ticketing.triage.suggestion import Priority

MOST_LISTED = 500
_UNFINISHED = frozenset({Delivery.PENDING, Delivery.SENDING, Delivery.UNKNOWN, Delivery.FAILED})


@dataclass(frozen=True, slots=True)
class Unticketed:
    """A conversation that waits for people and has no live ticket."""

    conversation_id: UUID
    channel: str
    address: str
    state: State
    snoozed_until: datetime | None
    since: datetime
    customer: str
    assignee: str | None
    last_words: str


class SqlLightCards(SqlCards):
    """The storage side of `bot.ports.LightCards`."""

    def __init__(
        self,
        database: Database,
        *,
        sure_enough: float,
        links: GetLinks | None = None,
        windows: Mapping[str, timedelta] = NO_WINDOWS,
        clock: Clock = utc_now,
    ) -> None:
        """Without `links`, nothing leads to the files that it shows; `clock` says for how long they are good.
        `windows`: of the channels that have one, how long a customer can be answered freely.
        """
        self.windows = windows
        super().__init__(database, sql.CONVERSATIONS)
        self._sure_enough = sure_enough
        self._links, self._clock = links, clock

    async def card(self, conversation_id: UUID) -> LightCard:
        row = await self._one(sql.CARD, {"conversation": conversation_id})
        if row is None:
            raise NotFound("There is no such conversation.")
        links = await self._links() if self._links and (row.files or row.mail_message) else None
        return LightCard(
            conversation_id=conversation_id,
            version=row.version,
            customer=row.customer,
            channel=row.channel,
            state=State(row.state),
            snoozed_until=row.snoozed_until,
            state_by=row.state_by,
            awaiting_since=row.awaiting_since,
            assignee=row.assignee,
            last_words=row.last_words,
            why=row.why,
            unsure=row.confidence < self._sure_enough,
            suggested=_suggested(row.suggested),
            reply=_reply(row),
            ticket=row.ticket,
            blocked_by=row.blocked_by,
            attachments=shown_files(row.files, links, self._clock()),
            edited_after=row.edited_after,
            match=_match(row),
            mail=shown_mail(row, links, self._clock()),
            unreachable_since=row.unreachable_since,
            answer_until=free_until(self.windows.get(row.channel), row.last_inbound_at, row.window_closed_at),
            came_from=row.came_from,
        )

    async def conversation_at(self, channel: str, thread_ts: str) -> UUID | None:
        return await self._owner_at(channel, thread_ts)

    async def unticketed(self) -> Sequence[Unticketed]:
        """The view Unticketed: whoever has waited longest first."""
        async with self._database.single() as session:
            rows = await session.execute(sql.UNTICKETED, {"most": MOST_LISTED})
            return [
                Unticketed(
                    row.id,
                    row.channel,
                    row.address,
                    State(row.state),
                    row.snoozed_until,
                    row.awaiting_since,
                    row.customer,
                    row.assignee,
                    row.last_words or "",
                )
                for row in rows
            ]


def _suggested(issue: dict[str, Any] | None) -> SuggestedTicket | None:
    if issue is None:
        return None
    return SuggestedTicket(issue["subject"], issue["type"], issue["category"], Priority(issue["priority"]))


def _match(row: Row) -> ShownMatch | None:
    if row.match_why is None:
        return None
    return ShownMatch(row.match_customer, row.match_number, row.match_subject, row.match_why, row.same, row.decided_by)


def _reply(row: Row) -> LastReply | None:
    if row.reply_id is None:
        return None
    of_now = row.awaiting_since is not None and row.reply_at >= row.awaiting_since
    if not of_now and (row.reply_in_room or Delivery(row.reply_delivery) not in _UNFINISHED):
        return None
    return LastReply(
        message_id=row.reply_id,
        author=row.reply_author or "",
        text=row.reply_text,
        delivery=Delivery(row.reply_delivery),
        error=row.reply_error,
        note=row.reply_note,
        resendable=row.reply_resendable,
        at=row.reply_at,
        file=row.reply_file,
    )
