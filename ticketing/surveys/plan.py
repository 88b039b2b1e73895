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
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.ports import UnitOfWork
from ticketing.surveys.survey import BEST, Survey, SurveyState, buttons
from ticketing.surveys.wording import question
from ticketing.tickets.events import SurveyDue
from ticketing.tickets.ticket import Ticket

_SETTLED = frozenset({StatusCategory.RESOLVED, StatusCategory.CLOSED})


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """`after`: so long after a ticket was resolved. `every`: nobody is asked more often.

    `when_resolved`: about every ticket. Else only where the playbook says so.
    """

    after: timedelta
    every: timedelta
    when_resolved: bool = True


async def plan_survey(ticket_id: UUID, *, surveys: SurveyRules | None, uow: UnitOfWork, now: datetime) -> None:
    """Run after a ticket changed its status; safe to repeat, and to come late. `surveys` None: nobody is asked."""
    if surveys is None or not surveys.when_resolved:
        return
    async with uow:
        await uow.conversations.lock_of(ticket_id)
        ticket = await uow.tickets.lock(ticket_id)
        resolved = ticket.status_category is StatusCategory.RESOLVED
        if not resolved or ticket.resolved_at is None or ticket.discarded_at is not None or ticket.merged_into:
            return
        conversation = await uow.conversations.get(ticket.conversation_id)
        await _plan(ticket, conversation, ticket.resolved_at, surveys, always=False, uow=uow, now=now)


async def plan_anyway(
    ticket: Ticket, conversation: Conversation, since: datetime, *, surveys: SurveyRules, uow: UnitOfWork, now: datetime
) -> None:
    """The playbook asks about this ticket, which came into its status `since` then; inside a transaction that holds
    both. Safe to repeat.
    """
    settled_at = ticket.resolved_at if ticket.status_category in _SETTLED else None
    await _plan(ticket, conversation, settled_at or since, surveys, always=True, uow=uow, now=now)


async def _plan(
    ticket: Ticket,
    conversation: Conversation,
    about: datetime,
    surveys: SurveyRules,
    *,
    always: bool,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    planned = Survey(
        new_id(),
        ticket.id,
        ticket.conversation_id,
        ticket.customer_id,
        conversation.channel,
        ticket.assignee_id,
        ticket.team_id,
        about,
        about + surveys.after,
        always=always,
    )
    if await uow.surveys.add(planned):
        uow.emit(SurveyDue(survey_id=planned.id, due=max(planned.due_at, now), at=now))


async def ask_survey(
    survey_id: UUID,
    *,
    surveys: SurveyRules | None,
    limits: Mapping[str, Limits],
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
        why = await _why_not(survey, ticket, conversation, surveys, limits, uow, now)
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
    uow: UnitOfWork,
    now: datetime,
) -> str | None:
    """None: it is to be asked."""
    if surveys is None or not (surveys.when_resolved or survey.always) or conversation.channel not in limits:
        return "switched off meanwhile"
    stays = survey.always and ticket.status_since == survey.resolved_at  # asked about a status that settles nothing
    if ticket.discarded_at is not None or not (ticket.status_category in _SETTLED or stays):
        return "worked on again"
    if ticket.resolved_at != survey.resolved_at and not stays:
        return "resolved anew, which is asked about instead"
    if ticket.merged_into is not None:
        return "merged with another ticket"
    if conversation.is_group:
        return "the customer is a group"
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
    if message is None:  # a survey that was asked is not planned any more: it is for no machine to write there
        await uow.surveys.save(replace(survey, state=SurveyState.SKIPPED, why="a machine may answer"))
        return
    await uow.surveys.save(replace(survey, state=SurveyState.ASKED, asked_at=now, message_id=message.id))
