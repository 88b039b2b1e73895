"""Tells people, once, that a customer can soon no longer be answered freely: below the card, for the assignee."""

from datetime import datetime
from uuid import UUID

from bot.client import Slack
from bot.ports import Places
from bot.text import inline
from bot.views.parts import clock_time, mrkdwn, section
from bot.wire import Json
from core.errors import ChannelUnavailable
from core.instants import Clock
from ticketing.tickets.card import Place

PROMPT_EVENT = "threadline_prompt"


async def show_prompt(conversation_id: UUID, until: datetime, *, places: Places, client: Slack, clock: Clock) -> None:
    """Safe to repeat: an earlier attempt's post is looked for. Too late says nothing. Raises ChannelError."""
    if clock() >= until:
        return
    place = await places.place_of(conversation_id)
    if place.channel is None or place.ts is None:
        raise ChannelUnavailable("The card is not shown yet.", retry_after=5)
    mark = _mark(conversation_id, until)
    async for message in client.replies(place.channel, place.ts):
        if message.get("metadata", {}).get("event_payload") == mark["event_payload"]:
            return
    words = prompt_words(place, until, clock())
    await client.post(place.channel, words, [section(mrkdwn(words))], metadata=mark, thread_ts=place.ts)


def prompt_words(place: Place, until: datetime, now: datetime) -> str:
    who = inline(place.customer, 120) or "The customer"
    whom = (
        f"<@{place.slack_user}> " if place.slack_user else f"{inline(place.assignee, 120)}: " if place.assignee else ""
    )
    hours, minutes = divmod(max(int((until - now).total_seconds() // 60), 0), 60)
    left = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return f"⏳ {whom}*{who}* can be answered freely until {clock_time(until)} (in {left})"


def _mark(conversation_id: UUID, until: datetime) -> Json:
    payload = {"conversation": str(conversation_id), "until": until.isoformat()}
    return {"event_type": PROMPT_EVENT, "event_payload": payload}
