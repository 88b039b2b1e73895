"""Who is writing a reply just now: a courtesy among colleagues. It blocks nobody, and goes into no record."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from ticketing.conversations.ports import Writer
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork

FORGOTTEN_AFTER = timedelta(minutes=5)  # a form may be left open, or its closing never be heard of


async def begin_reply(conversation_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> Sequence[Writer]:
    """They are writing from now on. Who else is, the longest first; of two who begin at once, one may not be told."""
    async with uow:
        return await uow.replying.begin(conversation_id, by.id, at=now, after=now - FORGOTTEN_AFTER)


async def end_reply(conversation_id: UUID, *, by: Person, until: datetime, uow: UnitOfWork) -> None:
    """They are not writing any more, unless they began again after `until`."""
    async with uow:
        await uow.replying.end(conversation_id, by.id, until=until)
