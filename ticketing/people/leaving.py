"""Somebody leaves the desk: what they did stays theirs, what they have stays with them until a colleague takes it."""

from dataclasses import replace
from datetime import datetime

from core.errors import NotFound
from ticketing.activity.record import Record, Stream, Value
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import Change
from ticketing.people.actor import SYSTEM
from ticketing.people.person import Person
from ticketing.people.register import DESK
from ticketing.ports import UnitOfWork


async def retire(email: str, *, uow: UnitOfWork, now: datetime) -> Person:
    """From now on they may do nothing, are offered nowhere, belong to no team and are told nothing. Safe to repeat.

    They decide for nobody, and nobody for them; a conversation that waits for their answer is anybody's.
    Adding them again brings them back. Raises NotFound.
    """
    async with uow:
        person = await uow.people.lock_by_email(email.strip().lower())
        if person is None:
            raise NotFound(f"Nobody of the desk has the address {email}: see `threadline people list`.")
        if person.has_left:
            return person
        await uow.people.leave(person.id, at=now)
        await uow.preferences.save(person.id, await uow.preferences.lock(person.id), next_digest=None)
        without = await uow.approvals.end_delegations_with(person.id)
        before: dict[str, Value] = {"role": person.role.value, "teams": sorted(person.team_names)}
        left = Record("person.left", SYSTEM, now, before, {"person": str(person.id)})
        ended = [Record("delegate.ended", SYSTEM, now, {"person": str(each)}, {}) for each in without]
        await uow.activity.append(Stream("people", DESK), [left, *ended])
        for held in await uow.conversations.lock_waiting_with(person.id):
            await save_conversation(_released(held, person, now), uow=uow, now=now)
        return person


def _released(held: Conversation, by: Person, now: datetime) -> Change:
    was: dict[str, Value] = {"assignee": str(by.id)}
    record = Record("conversation.released", SYSTEM, now, was, {"assignee": None})
    return Change(replace(held, assignee_id=None), record)
