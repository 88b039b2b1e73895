"""Tells people, once, what a clock of a ticket has to tell: below its card."""

from bot.client import Slack
from bot.ports import Places
from bot.showing.once import say_once
from bot.views.sla_notice import sla_notice
from bot.wire import Json
from core.instants import Clock
from sla.target import BREACHED, WARNING
from ticketing.tickets.events import SlaTold

SLA_EVENT = "threadline_sla"


async def show_sla(told: SlaTold, *, places: Places, client: Slack, now: Clock) -> None:
    """Safe to repeat: an earlier attempt's post is looked for. Says nothing where the clock has stopped or paused
    meanwhile. That a ticket is at risk stands on its card; warnings, breaches and steps that notify are told.

    Raises ChannelError.
    """
    place = await places.sla_place(told.ticket_id, told.clock, [told.event, *told.also.split(",")])
    if place.clock is None or not (told.event in (WARNING, BREACHED) or place.whom):
        return
    words, mark = sla_notice(place, place.clock, told, now()), _mark(told)
    await say_once(words, mark, channel=place.channel, card=place.ts, client=client)


def _mark(told: SlaTold) -> Json:
    due = told.due.isoformat()
    payload = {"ticket": str(told.ticket_id), "clock": told.clock, "event": told.event, "due": due}
    return {"event_type": SLA_EVENT, "event_payload": payload}
