"""Make a call that somebody of the desk asked for, once, and keep what came of it.

In the ticket's record; of a write in its thread, too; and in the fields that the action fills.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from core.errors import Refused
from core.instants import Clock
from threadline import ActionSpec, Outcome, OutcomeKind
from threadline import context as sdk
from ticketing.activity.record import Record, Stream
from ticketing.fields.give import give, keep_given, look_around
from ticketing.people.actor import person_acting
from ticketing.people.person import Person
from ticketing.ports import StartWork, UnitOfWork
from ticketing.resolution.act import StillAway
from ticketing.resolution.by_hand import said
from ticketing.resolution.fill import values_of
from ticketing.resolution.hand_calls import HandCall
from ticketing.resolution.look_up import about
from ticketing.resolution.ports import Actions, ActionsOf
from ticketing.tickets.comment import comment_with
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket

_SLACK = timedelta(seconds=10)  # beyond an action's own timeout, before its caller counts as dead
_LOOK = "It may have been done: look there before you do it again."
_GONE = Outcome(OutcomeKind.FAILED, words="This desk does not have the action any more. Nothing was done.")


async def make_call(call_id: UUID, *, actions: ActionsOf, start: StartWork, clock: Clock, job: str) -> HandCall:
    """What came of it. Safe to repeat: a call that began is made again only where the same key
    does nothing twice; elsewhere it may have been done, and they are told so. `job` names this job and its repetitions.

    Raises StillAway (another job is calling), NotFound.
    """
    async with start() as uow:
        call = await uow.hand_calls.lock(call_id)
        person = await uow.people.get(call.person_id)
        there = actions(await uow.playbook())
        spec = there.specs.get(call.action)
        if call.outcome is not None:
            return call
        again = call.begun_at is not None
        if again and call.job != job and spec is not None:
            _require_dead(call, spec, clock)
        context = await _context(call, person, uow, clock)
        call = replace(call, begun_at=call.begun_at or clock(), job=job)
        await uow.hand_calls.save(call)
    outcome = await _called(call, spec, there, context, again=again)
    async with start() as uow:
        return await _kept(call, spec, outcome, person, uow, clock)


def _require_dead(call: HandCall, spec: ActionSpec, clock: Clock) -> None:
    assert call.begun_at is not None
    until, now = call.begun_at + timedelta(seconds=spec.timeout) + _SLACK, clock()
    if now < until:
        raise StillAway(f"{spec.name} is being called.", retry_after=(until - now).total_seconds())


async def _context(call: HandCall, person: Person, uow: UnitOfWork, clock: Clock) -> sdk.Context:
    ticket = await uow.tickets.get(call.ticket_id)
    subject, customer = about(
        ticket,
        await uow.conversations.get(ticket.conversation_id),
        await uow.customers.get(ticket.customer_id),
        await uow.customers.identities(ticket.customer_id),
        proven=(await uow.grounds.of(ticket.id)).is_proven,
    )
    return sdk.Context(sdk.Actor("agent", person.name), clock(), call.key, subject, customer)


async def _called(
    call: HandCall, spec: ActionSpec | None, there: Actions, context: sdk.Context, *, again: bool
) -> Outcome:
    """With nothing locked."""
    if spec is None:
        return replace(_GONE, perhaps_done=again)
    if again and spec.writes and not spec.idempotent:
        return Outcome(OutcomeKind.UNKNOWN, words="Its answer was lost.")
    return await there.call(call.action, call.arguments, context)


async def _kept(
    call: HandCall, spec: ActionSpec | None, outcome: Outcome, person: Person, uow: UnitOfWork, clock: Clock
) -> HandCall:
    known = await uow.hand_calls.lock(call.id)  # first, as who begins it does: neither waits for the other
    if known.outcome is not None:
        return known
    ticket = await uow.tickets.lock(call.ticket_id)
    now, actor = clock(), person_acting(person)
    words = _words(outcome, spec)
    after: Mapping[str, str] = {"action": call.action, "outcome": outcome.kind.value, "key": call.key}
    record = Record("action.called", actor, now, {}, {"call": str(call.id), **after})
    await uow.activity.append(Stream("ticket", ticket.id), [record])
    if spec is not None and outcome.kind is OutcomeKind.DONE:
        ticket, filled = await _filled(ticket, spec, outcome, person, uow, clock)
        words = filled or words
    if spec is not None and spec.writes:
        became = "done" if outcome.kind is OutcomeKind.DONE else f"not done. {words}"
        text = f"▶️ Ran {call.action} ({said(call.arguments)}): {became}"
        with suppress(Refused):  # who asked has left meanwhile: the record says it all the same
            await comment_with(ticket, text[:3000], by=person, source=call.key, uow=uow, now=now)
    value = outcome.value if outcome.kind is OutcomeKind.DONE else None
    ended = replace(known, outcome=outcome.kind, words=words, value=value)
    await uow.hand_calls.save(ended)
    return ended


def _words(outcome: Outcome, spec: ActionSpec | None) -> str:
    unsure = outcome.kind is OutcomeKind.UNKNOWN or outcome.perhaps_done
    doubt = _LOOK if unsure and (spec is None or spec.writes) else ""
    return f"{outcome.words} {doubt}".strip()


async def _filled(
    ticket: Ticket, spec: ActionSpec, outcome: Outcome, person: Person, uow: UnitOfWork, clock: Clock
) -> tuple[Ticket, str]:
    """What the result fills in, as if they had typed it. What cannot be, is said; the call stands."""
    playbook = await uow.playbook()
    actor, now = person_acting(person), clock()
    try:
        found = values_of(ticket, playbook, spec, outcome.value)
        if not found:
            return ticket, ""
        around = await look_around(ticket, playbook, uow=uow)
        filled = await give(ticket, found, by=actor, playbook=playbook, around=around, uow=uow, now=now)
    except Refused as refusal:
        return ticket, f"It was not filled in: {refusal.message}"
    if not filled.fields:
        return ticket, ""
    changes = await keep_given(filled, by=actor, uow=uow, now=now)
    saved = await save_change(*changes, uow=uow)
    return saved, f"Filled in: {', '.join(playbook.fields[each].label for each in filled.fields)}."
