"""Tells people, once, that a customer can soon no longer be answered freely: below the card, for the assignee."""

from datetime import datetime
from uuid import UUID

from bot.client import Slack
from bot.ports import Places
from bot.showing.once import say_once
from bot.text import inline
from bot.views.parts import clock_time
from bot.wire import Json
from core.instants import Clock
from ticketing.tickets.card import Place

PROMPT_EVENT = "threadline_prompt"


async def show_prompt(conversation_id: UUID, until: datetime, *, places: Places, client: Slack, clock: Clock) -> None:
    """Safe to repeat. Too late says nothing. Raises ChannelError."""
    if clock() >= until:
        return
    place = await places.place_of(conversation_id)
    words, mark = prompt_words(place, until, clock()), _mark(conversation_id, until)
    await say_once(words, mark, channel=place.channel, card=place.ts, client=client)


def prompt_words(place: Place, until: datetime, now: datetime) -> str:
    who = inline(place.customer, 120) or "The customer"
    whom = (
        f"<@{place.slack_user}> " if place.slack_user else f"{inline(place.assignee, 120)}: " if place.assignee else ""
    )
    hours, minutes = divmod(max(int((until - now).total_seconds() // 60), 0), 60)
    left = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return f"⏳ {whom}*{who}* can be answered freely until {clock_time(until)}, {left} from now; then only by template."


def _mark(conversation_id: UUID, until: datetime) -> Json:
    payload = {"conversation": str(conversation_id), "until": until.isoformat()}
    return {"event_type": PROMPT_EVENT, "event_payload": payload}
