"""Suggest a reply: asked for in a form, drafted by a brain with nothing locked, given back to that form.

It is two steps for the door, so that the form can say that something is being written before anybody writes it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import DeskError, NotFound, Refused
from core.ids import new_id
from core.instants import Clock
from ticketing.drafting.brief import brief_of
from ticketing.drafting.check import checked
from ticketing.drafting.draft import Brief, Drafter
from ticketing.drafting.ports import AskedDraft
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import StartWork, UnitOfWork
from ticketing.tickets.events import DraftAsked

NOTHING_FITS = "The AI has nothing to suggest here. Write the reply yourself."

NOBODY_WAITS = "Nobody waits for it any more."
_LONGEST = timedelta(minutes=1)  # by then a brain has answered or given up


class AiOff(Refused):
    """The AI is switched off: nobody asks it."""

    def __init__(self) -> None:
        super().__init__("The AI is switched off, so it suggests nothing. Write the reply yourself.")


class BeingWritten(Refused):
    """They asked for one in this form before, went on without it, and it is not done."""

    def __init__(self) -> None:
        super().__init__("The AI is still writing the one you asked for before. Ask again in a moment.")


async def ask_for_draft(
    ticket_id: UUID, form: Mapping[str, str], *, by: Person, uow: UnitOfWork, now: datetime
) -> AskedDraft:
    """Note what is wanted, and for which form: its `view`. Nobody writes yet.

    Raises AiOff, BeingWritten, PermissionRefused, NotFound.
    """
    async with uow:
        require(person_acting(by), Act.REPLY, await uow.tickets.get(ticket_id))
        if not (await uow.switches.ai()).is_on:
            raise AiOff
        if await uow.drafts.is_written(form.get("view", ""), by=by.id, since=now - _LONGEST):
            raise BeingWritten
        asked = AskedDraft(new_id(), ticket_id, by.id, now, form)
        await uow.drafts.add(asked)
        return asked


async def begin_draft(draft_id: UUID, form: Mapping[str, str], *, by: Person, uow: UnitOfWork, now: datetime) -> None:
    """The form shows that it waits, and is this one from now on: write. Raises NotFound."""
    async with uow:
        asked = await _own(draft_id, by, uow)
        await uow.drafts.save(replace(asked, form=form))
        uow.emit(DraftAsked(draft_id=asked.id, at=now))


async def drop_draft(draft_id: UUID, *, by: Person, uow: UnitOfWork) -> None:
    """The form became another before it waited: nobody is to write. Raises NotFound."""
    async with uow:
        await uow.drafts.save(replace(await _own(draft_id, by, uow), why=NOBODY_WAITS))


async def asked_draft(draft_id: UUID, *, by: Person, uow: UnitOfWork) -> AskedDraft:
    """What they asked for. Raises NotFound: it is a colleague's, or forgotten."""
    async with uow:
        return await _own(draft_id, by, uow)


async def _own(draft_id: UUID, by: Person, uow: UnitOfWork) -> AskedDraft:
    asked = await uow.drafts.lock(draft_id)
    if asked.person_id != by.id:
        raise NotFound("There is no such suggestion.")
    return asked


async def write_draft(draft_id: UUID, *, drafter: Drafter, start: StartWork, clock: Clock) -> tuple[AskedDraft, Person]:
    """Have it written, once: safe to repeat. Whose form waits for it, too.

    Somebody waits at that form: whatever goes wrong with a brain is an answer, in words. Raises NotFound.
    """
    async with start() as uow:
        asked = await uow.drafts.lock(draft_id)
        person = await uow.people.get(asked.person_id)
        if asked.is_answered:
            return asked, person
        is_on = (await uow.switches.ai()).is_on
        brief = await brief_of(asked.ticket_id, by=person, uow=uow, now=clock())
    answered = await _written(asked, brief, drafter) if is_on else replace(asked, why=AiOff().message)
    async with start() as uow:
        await uow.drafts.save(answered)
    return answered, person


async def _written(asked: AskedDraft, brief: Brief, drafter: Drafter) -> AskedDraft:
    try:
        drafted = await drafter.draft(brief)
        if drafted is None:
            return replace(asked, why=NOTHING_FITS)
        return replace(asked, text=checked(drafted, brief).text)
    except DeskError as error:
        why = error.message
    except Exception as error:  # a fault of the brain's must not keep somebody waiting at their form
        why = f"the AI failed ({type(error).__name__})"
    return replace(asked, why=f"There is no suggestion: {why.rstrip('.')}. Write the reply yourself, or ask again.")
