"""Make a call that somebody of the desk asked for, once, and keep what came of it.

In the ticket's record; of a write in its thread, too; and in the fields that the action fills.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
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
from ticketing.resolution.arguments import currency_of
from ticketing.resolution.fill import values_of
from ticketing.resolution.hand_calls import HandCall
from ticketing.resolution.hand_checks import Checks, said
from ticketing.resolution.hand_policy import Found
from ticketing.resolution.look_up import about
from ticketing.resolution.ports import Actions, ActionsOf
from ticketing.tickets.changes import ChangedMeanwhile
from ticketing.tickets.comment import comment_with
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket

_SLACK = timedelta(seconds=10)  # beyond an action's own timeout, before its caller counts as dead
_PATIENCE = 10.0  # seconds for what policy decides by
_LOOK = "It may have been done: look there before you do it again."
_GONE = Outcome(OutcomeKind.FAILED, words="This desk does not have the action any more. Nothing was done.")


async def make_call(call_id: UUID, *, actions: ActionsOf, start: StartWork, clock: Clock, job: str) -> HandCall:
    """What came of it. Safe to repeat: a call that began is made again only where the same key
    does nothing twice; elsewhere it may have been done, and they are told so. Before it begins it is looked once more
    whether it may be made. `job` names this job and its repetitions.

    Raises StillAway (another job is calling), NotFound.
    """
    async with start() as uow:
        call = await uow.hand_calls.lock(call_id)
        if call.outcome is not None:
            return call
        person = await uow.people.get(call.person_id)
        there = actions(await uow.playbook())
    spec = there.specs.get(call.action)
    checks = Checks(person, actions, start, clock())
    try:
        begun = await _begun(call, spec, checks, job)
    except Refused as refusal:
        outcome = Outcome(OutcomeKind.REFUSED, words=_nothing_done(refusal.message))
        async with start() as uow:
            return await _kept(call, spec, outcome, person, uow, clock)
    if begun is None:  # meanwhile somebody else made it
        return await make_call(call_id, actions=actions, start=start, clock=clock, job=job)
    outcome = await _called(begun.call, spec, there, begun.context, again=begun.again)
    async with start() as uow:
        return await _kept(begun.call, spec, outcome, person, uow, clock)


def _nothing_done(words: str) -> str:
    return words if "Nothing was done" in words else f"{words} Nothing was done."


class _Begun(NamedTuple):
    """`again`: it began before, and nobody knows what came of it."""

    call: HandCall
    context: sdk.Context
    again: bool


async def _begun(call: HandCall, spec: ActionSpec | None, checks: Checks, job: str) -> _Begun | None:
    """From here on it may have been made. None: it stands otherwise than it was read. Raises Refused, StillAway."""
    again, now = call.begun_at is not None, checks.now
    found = None if again else await checks.look_up(call.ticket_id, call.action, call.arguments, at_most=_PATIENCE)
    async with checks.start() as uow:
        known = await uow.hand_calls.lock(call.id)
        if known.outcome is not None or known.begun_at != call.begun_at:
            return None
        if again and known.job != job and spec is not None:
            _require_dead(known, spec, now)
        if not again:
            await _judge_again(known, found, checks, uow)
        context = await _context(known, checks.by, uow, now)
        begun = replace(known, begun_at=known.begun_at or now, job=job)
        await uow.hand_calls.save(begun)
        return _Begun(begun, context, again)


async def _judge_again(call: HandCall, found: Found | None, checks: Checks, uow: UnitOfWork) -> None:
    """Between the click and the call the ticket may have been settled, a rule changed, or an approval gone. What was
    agreed to is used up here, and it counts for caps from here on. Raises Refused.
    """
    asked, wanted = await checks.again(call, found, uow)
    if not asked.spec.writes:
        await asked.use_agreement(wanted)
        return
    ticket = asked.ticket
    if not ticket.is_live and ticket.status_since > call.asked_at:
        status = (await uow.playbook()).lifecycle(ticket.type).status(ticket.status)
        raise ChangedMeanwhile(f"The ticket has gone to {status.label} meanwhile.")
    await asked.use_agreement(wanted)
    currency = currency_of(wanted.arguments)
    await uow.hand_calls.begin_write(call, ticket.customer_id, amount=wanted.amount, currency=currency, at=checks.now)


def _require_dead(call: HandCall, spec: ActionSpec, now: datetime) -> None:
    assert call.begun_at is not None
    until = call.begun_at + timedelta(seconds=spec.timeout) + _SLACK
    if now < until:
        raise StillAway(f"{spec.name} is being called.", retry_after=(until - now).total_seconds())


async def _context(call: HandCall, person: Person, uow: UnitOfWork, now: datetime) -> sdk.Context:
    ticket = await uow.tickets.get(call.ticket_id)
    who, identities = await uow.customers.with_identities(ticket.customer_id)
    subject, customer = about(
        ticket,
        await uow.conversations.get(ticket.conversation_id),
        who,
        identities,
        proven=(await uow.grounds.of(ticket.id)).is_proven,
    )
    return sdk.Context(sdk.Actor("agent", person.name), now, call.key, subject, customer)


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
    if known.outcome is not None or known.begun_at != call.begun_at:
        return known
    ticket = await uow.tickets.lock(call.ticket_id)
    now, actor = clock(), person_acting(person)
    words = _words(outcome, spec)
    after: Mapping[str, str] = {"action": call.action, "outcome": outcome.kind.value, "key": call.key}
    kind = "action.called" if call.begun_at is not None else "action.not_called"
    record = Record(kind, actor, now, {}, {"call": str(call.id), **after})
    await uow.activity.append(Stream("ticket", ticket.id), [record])
    if spec is not None and outcome.kind is OutcomeKind.DONE:
        ticket, filled = await _filled(ticket, spec, outcome, person, uow, clock)
        words = filled or words
    if spec is not None and spec.writes:
        if call.begun_at is not None:
            await uow.hand_calls.end_write(call, OutcomeKind.UNKNOWN if outcome.perhaps_done else outcome.kind)
        became = "done" if outcome.kind is OutcomeKind.DONE else f"not done. {words}"
        what = f"{call.action} ({said(call.arguments)})"
        text = f"▶️ Ran {what}: {became}" if call.begun_at is not None else f"▶️ Not run: {what}. {words}"
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
