"""What both forms for a reply have in common: files, copies, and that who has one open is noted, and told who else has.

That ends when it is closed, or sent: then in the reply's own transaction.
"""

from datetime import datetime
from uuid import UUID

from bot.door import Door
from bot.intents import Field
from bot.press import Press
from bot.reach import Reach
from bot.submission import Submission
from bot.views.reply_modal import Draft, Setting
from bot.views.taken import taken
from bot.wire import Json
from core.errors import ChannelError, Refused
from core.messages import Party
from ticketing.conversations.parts import GivenFile
from ticketing.conversations.recipient import AddressRefused
from ticketing.mails.envelope import read_copies
from ticketing.people.person import Person


async def begin(
    door: Reach, conversation_id: UUID, channel: str, person: Person, *, seen: datetime, draft: Draft | None
) -> Setting:
    """Whoever opens a form writes from now on. `channel` is the customer's."""
    writers = await door.desk.begin_reply(conversation_id, by=person, at=seen)
    limits = door.desk.limits.get(channel)  # None: the channel has been switched off since
    by_mail = limits is not None and limits.letters
    return Setting(
        most(door, channel),
        seen,
        writers,
        draft,
        taken(channel, limits) if limits else None,
        now=door.clock(),
        envelope=await door.desk.envelope(conversation_id) if by_mail else None,
    )


def most(door: Reach, channel: str) -> int | None:
    """Characters that the customer's channel takes in one reply; None: as many as one likes, or nobody knows."""
    limits = door.desk.limits.get(channel)
    return limits.text if limits and not limits.splits else None


async def show(door: Door, press: Press, view: Json, conversation_id: UUID, person: Person, *, seen: datetime) -> None:
    """Open the form. Raises ChannelError: then nobody is writing."""
    try:
        await door.slack.open_view(press.trigger_id, view)
    except ChannelError:
        await door.desk.end_reply(conversation_id, by=person, until=seen)
        raise


async def closed(door: Door, form: Submission, conversation_id: UUID) -> None:
    """Somebody closed it unsent; they may have opened another one since."""
    await door.desk.end_reply(conversation_id, by=await door.person(form), until=form.seen or door.clock())


async def files(door: Door, form: Submission, conversation_id: UUID, person: Person) -> list[GivenFile]:
    """Those that the reply had and keeps, then the new ones, as they will be sent. Raises FileRefused."""
    kept, new = form.ticked(Field.KEPT), form.files(Field.FILES)
    if not kept and not new:
        return []
    return await door.desk.give_files(new, conversation_id, beside=kept, by=person, request=form.request)


def copies(form: Submission) -> tuple[Party, ...] | None:
    """Who is to have a copy of the mail; None: the form does not ask. Raises AddressRefused."""
    return read_copies(form.text(Field.CC)) if form.asks(Field.CC) else None


def copies_typed(form: Submission) -> str | None:
    return form.text(Field.CC) if form.asks(Field.CC) else None


def field_of(form: Submission, refusal: Refused) -> str:
    """Where the form says what is wrong with its copies or files."""
    return Field.CC if isinstance(refusal, AddressRefused) else at_files(form)


def at_files(form: Submission) -> str:
    """Where the form says what is wrong with its files."""
    return Field.FILES if form.asks(Field.FILES) else form.block_of(Field.TEXT)
