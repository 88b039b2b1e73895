"""Reminds people, once, of a due date that has come: below the card, for the assignee."""

from datetime import datetime
from uuid import UUID

from bot.client import Slack
from bot.ports import Places
from bot.showing.once import say_once
from bot.text import inline
from bot.views.parts import clock_time
from bot.wire import Json
from ticketing.tickets.card import Promised

REMINDER_EVENT = "threadline_reminder"


async def show_reminder(ticket_id: UUID, due: datetime, *, places: Places, client: Slack) -> None:
    """Safe to repeat. Says nothing where the ticket was settled or promised for another moment meanwhile.

    Raises ChannelError.
    """
    promised = await places.promised(ticket_id)
    if promised.due != due or not promised.owed:
        return
    words, mark = reminder_words(promised, due), _mark(ticket_id, due)
    await say_once(words, mark, channel=promised.channel, card=promised.ts, client=client)


def reminder_words(promised: Promised, due: datetime) -> str:
    if promised.slack_user:
        whom = f"<@{promised.slack_user}> "
    else:
        whom = f"{inline(promised.whose, 120)}: " if promised.whose else ""
    return f"⏰ {whom}*#{promised.number}* was promised for {clock_time(due)}: that is now."


def _mark(ticket_id: UUID, due: datetime) -> Json:
    payload = {"ticket": str(ticket_id), "due": due.isoformat()}
    return {"event_type": REMINDER_EVENT, "event_payload": payload}
