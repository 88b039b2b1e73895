"""Plan a survey when a ticket is resolved, and ask it when its time has come, if it still makes sense then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.ids import new_id
from core.messages import Limits
from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.outbox import put_in_outbox
from ticketing.conversations.parts import Part
from ticketing.conversations.window import Closed, window
from ticketing.people.actor import AUTOMATION
from ticketing.playbook.lifecycle import Lifecycle, StatusCategory
from ticketing.ports import UnitOfWork
from ticketing.surveys.survey import BEST, Survey, SurveyState, buttons
from ticketing.surveys.wording import question
from ticketing.tickets.events import SurveyDue
from ticketing.tickets.ticket import Ticket

_SETTLED = frozenset({StatusCategory.RESOLVED, StatusCategory.CLOSED})


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """`after`: so long after a ticket was resolved. `every`: nobody is asked more often."""

    after: timedelta
    every: timedelta


async def plan_survey(
    ticket_id: UUID, *, surveys: SurveyRules | None, rules: Lifecycle, uow: UnitOfWork, now: datetime
) -> None:
    """Run after a ticket changed its status; safe to repeat, and to come late. `surveys` None: nobody is asked."""
    if surveys is None:
        return
    async with uow:
        await uow.conversations.lock_of(ticket_id)
        ticket = await uow.tickets.lock(ticket_id)
        resolved = rules.status(ticket.status).category is StatusCategory.RESOLVED
        if not resolved or ticket.resolved_at is None or ticket.discarded_at is not None:
            return
        conversation = await uow.conversations.get(ticket.conversation_id)
        planned = Survey(
            new_id(),
            ticket.id,
            ticket.conversation_id,
            ticket.customer_id,
            conversation.channel,
            ticket.assignee_id,
            ticket.team_id,
            ticket.resolved_at,
            ticket.resolved_at + surveys.after,
        )
        if await uow.surveys.add(planned):
            uow.emit(SurveyDue(survey_id=planned.id, due=max(planned.due_at, now), at=now))


async def ask_survey(
    survey_id: UUID,
    *,
    surveys: SurveyRules | None,
    limits: Mapping[str, Limits],
    rules: Lifecycle,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Put it into the outbox like any other message, or keep why not. Safe to repeat."""
    async with uow:
        planned = await uow.surveys.get(survey_id)
        if planned is None:
            return
        await uow.customers.lock({planned.customer_id})  # two tickets on two channels may come due at once
        conversation = await uow.conversations.lock(planned.conversation_id)
        ticket = await uow.tickets.lock(planned.ticket_id)
        survey = await uow.surveys.lock(survey_id)
        if survey.state is not SurveyState.PLANNED:
            return
        why = await _why_not(survey, ticket, conversation, surveys, limits, rules, uow, now)
        if why is not None:
            await uow.surveys.save(replace(survey, state=SurveyState.SKIPPED, why=why))
            skipped = Record("survey.skipped", AUTOMATION, now, {}, {"survey": str(survey.id), "why": why})
            await uow.activity.append(Stream("ticket", ticket.id), [skipped])
            return
        await _ask(survey, conversation, limits[conversation.channel], uow, now)


async def _why_not(
    survey: Survey,
    ticket: Ticket,
    conversation: Conversation,
    surveys: SurveyRules | None,
    limits: Mapping[str, Limits],
    rules: Lifecycle,
    uow: UnitOfWork,
    now: datetime,
) -> str | None:
    """None: it is to be asked."""
    if surveys is None or conversation.channel not in limits:
        return "switched off meanwhile"
    if ticket.discarded_at is not None or rules.status(ticket.status).category not in _SETTLED:
        return "worked on again"
    if ticket.resolved_at != survey.resolved_at:
        return "resolved anew, which is asked about instead"
    if conversation.unreachable_since is not None:
        return "the customer cannot be reached"
    if await uow.senders.is_blocked(conversation.channel, conversation.address):
        return "the sender is blocked"
    if await uow.surveys.asked_since(survey.customer_id, now - surveys.every):
        return "asked not long ago"
    if isinstance(window(conversation, limits[conversation.channel], now), Closed):
        return "the reply window is closed"
    return None


async def _ask(survey: Survey, conversation: Conversation, limits: Limits, uow: UnitOfWork, now: datetime) -> None:
    with_buttons = limits.buttons >= BEST
    text = question(await uow.surveys.language_of(conversation.id), with_buttons=with_buttons)
    message = await put_in_outbox(
        [Part(text, buttons=buttons(survey.id) if with_buttons else ())],
        conversation,
        rooms=[survey.ticket_id],
        concerns=True,
        by=AUTOMATION,
        request=f"survey:{survey.id}",
        undo=timedelta(),
        uow=uow,
        now=now,
    )
    assert message is not None, "a survey that was asked is not planned any more"
    await uow.surveys.save(replace(survey, state=SurveyState.ASKED, asked_at=now, message_id=message.id))
