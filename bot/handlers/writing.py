"""What both forms for a reply have in common: who has one open is noted, and told who else has, until it is closed.

Sending it ends that too, in the reply's own transaction.
"""

from datetime import datetime
from uuid import UUID

from bot.door import Door
from bot.press import Press, Submission
from bot.views.reply_modal import Draft, Setting
from bot.wire import Json
from core.errors import ChannelError
from ticketing.people.person import Person


async def begin(
    door: Door, conversation_id: UUID, channel: str, person: Person, *, seen: datetime, draft: Draft | None
) -> Setting:
    """Whoever opens a form writes from now on. `channel` is the customer's."""
    writers = await door.desk.begin_reply(conversation_id, by=person, at=seen)
    limits = door.desk.limits.get(channel)  # None: the channel has been switched off since
    most = limits.text if limits and not limits.splits else None
    return Setting(most, seen, writers, draft)


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
