"""What goes to the customer when a ticket leaves a status or comes into one: saved replies, offers, surveys (SPEC 3.2).

Run after the move, because a conversation is locked before its tickets. What was sent carries the name of the move it
belongs to, so that a repeated job sends nothing twice, and each new coming into a status sends anew.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import Refused
from core.messages import Button, Limits
from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.outbox import put_in_outbox, require_channel
from ticketing.conversations.parts import parts_of
from ticketing.offers.make import make_offer
from ticketing.people.actor import AUTOMATION
from ticketing.playbook.actions import OfferSolution, SendReply, SendSurvey
from ticketing.playbook.playbook import Playbook
from ticketing.ports import UnitOfWork
from ticketing.surveys.plan import SurveyRules, plan_anyway
from ticketing.tickets.events import StagePassed, StagePassedQuietly
from ticketing.tickets.saved_reply import filled_in
from ticketing.tickets.stage_actions import actions_between
from ticketing.tickets.ticket import Ticket


async def send_stage_messages(
    passed: StagePassed,
    *,
    surveys: SurveyRules,
    limits: Mapping[str, Limits],
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Put into the outbox all that this move sends, or record why not. Safe to repeat, and to come late."""
    async with uow:
        conversation = await uow.conversations.lock_of(passed.ticket_id)
        ticket = await uow.tickets.lock(passed.ticket_id)
        if ticket.discarded_at is not None:
            return
        playbook = await uow.playbook()
        stage = _Stage(passed, ticket, conversation, playbook, limits, uow, now)
        for place, action in enumerate(actions_between(passed.origin, passed.to, playbook.lifecycle(ticket.type))):
            match action:
                case SendReply() | OfferSolution() if isinstance(passed, StagePassedQuietly):
                    pass  # whoever moved it has said it in other words
                case SendReply() | OfferSolution() if await stage.is_sent(place):
                    pass
                case SendReply(key):
                    await stage.send(place, key)
                case OfferSolution():
                    await stage.offer(place, action)
                case SendSurvey():
                    await plan_anyway(ticket, conversation, passed.at, surveys=surveys, uow=uow, now=now)
                case _:
                    pass  # done with the move


class _Stage:
    """One transaction's worth of messages."""

    def __init__(
        self,
        passed: StagePassed,
        ticket: Ticket,
        conversation: Conversation,
        playbook: Playbook,
        limits: Mapping[str, Limits],
        uow: UnitOfWork,
        now: datetime,
    ) -> None:
        self.passed = passed
        self.ticket = ticket
        self.conversation = conversation
        self.playbook = playbook
        self.limits = limits
        self.uow = uow
        self.now = now

    async def is_sent(self, place: int) -> bool:
        """By a job that died before its end was noted: nothing is said of it any more, however things stand now."""
        return await self.uow.messages.by_request(self._request(place)) is not None

    def _request(self, place: int) -> str:
        return f"stage:{self.ticket.id}:{self.passed.version}:{place}"

    async def send(self, place: int, key: str) -> None:
        await self._put(place, key)

    async def offer(self, place: int, action: OfferSolution) -> None:
        """Nothing is offered once the ticket has moved on, and nobody answers for a group: it only reads it."""
        if self.ticket.merged_into is not None:
            await self._skip(place, action.reply, "the ticket goes on as another one")
            return
        if self.ticket.status != self.passed.to or self.ticket.status_since != self.passed.at:
            await self._skip(place, action.reply, "the ticket has moved on")
            return
        if self.conversation.is_group:
            await self._put(place, action.reply)
            return

        async def put(below: str, under: tuple[Button, ...]) -> UUID | None:
            return await self._put(place, action.reply, below=below, under=under)

        await make_offer(
            put,
            self.ticket,
            self.conversation,
            accepted=action.accepted,
            declined=action.declined,
            limits=self.limits,
            uow=self.uow,
            now=self.now,
        )

    async def _put(self, place: int, key: str, *, below: str = "", under: tuple[Button, ...] = ()) -> UUID | None:
        """The last of its messages, which has the buttons. None: it cannot be sent."""
        if await self.uow.senders.is_blocked(self.conversation.channel, self.conversation.address):
            await self._skip(place, key, "the sender is blocked")
            return None
        try:
            limits = require_channel(self.conversation, self.limits)
            text = await filled_in(self.playbook.replies[key], self.ticket, self.playbook, uow=self.uow, now=self.now)
            parts = parts_of(f"{text}\n\n{below}" if below else text, limits, buttons=under)
        except Refused as refusal:
            await self._skip(place, key, refusal.message)
            return None
        first = await put_in_outbox(
            parts,
            self.conversation,
            rooms=[self.ticket.id],
            concerns=True,
            by=AUTOMATION,
            request=self._request(place),
            undo=timedelta(),
            uow=self.uow,
            now=self.now,
        )
        if first is None or len(parts) == 1:
            return first.id if first else None
        last = await self.uow.messages.by_request(f"{self._request(place)}#{len(parts)}")
        return last.id if last else None

    async def _skip(self, place: int, key: str, why: str) -> None:
        """Recorded once, like what is sent."""
        stream, of = Stream("ticket", self.ticket.id), {"request": self._request(place)}
        if not await self.uow.activity.says(stream, "reply.skipped", of):
            record = Record("reply.skipped", AUTOMATION, self.now, {}, {"reply": key, "why": why, **of})
            await self.uow.activity.append(stream, [record])
