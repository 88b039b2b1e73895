"""Tells one person one thing. Run as a job; safe to repeat, by any number at once."""

from uuid import UUID

from bot.client import Slack
from bot.ports import Rooms
from bot.telling.digest import tell_digest
from bot.telling.invite import say_who_is_missing
from bot.telling.ports import Digests, DirectMessages
from bot.telling.post import post_once
from bot.telling.settle import settle_requests
from bot.telling.whereabouts import Whereabouts, whereabouts
from bot.views.direct_message import direct_message
from core.errors import NotFound, Refused
from core.instants import Clock
from ticketing.desk import Desk
from ticketing.direct_messages.direct_message import Kind
from ticketing.direct_messages.shown import Told
from ticketing.direct_messages.worth import for_reader, why_not


async def tell_person(
    message_id: UUID,
    *,
    messages: DirectMessages,
    digests: Digests,
    desk: Desk,
    rooms: Rooms,
    client: Slack,
    clock: Clock,
) -> None:
    """Tells nothing where it was told, is not wanted, or is not so any more. Raises ChannelError."""
    owed = await messages.owed(message_id)
    if owed is None:
        # Told by a run that may have died before it looked whether the request was decided just then.
        if (ticket_id := await messages.asked_about(message_id)) is not None:
            await settle_requests(ticket_id, messages=messages, rooms=rooms, client=client)
        return
    if owed.kind is Kind.DIGEST:
        await tell_digest(owed, messages=messages, digests=digests, rooms=rooms, client=client, clock=clock)
        return
    told = for_reader(await messages.told(owed))
    why = why_not(told) or await _may_not_decide(told, desk)
    if why is not None:
        await messages.drop(message_id, why, now=clock())
        return
    place = await whereabouts(owed, messages=messages, rooms=rooms, client=client, clock=clock)
    if place is None:
        await desk.missed_in_slack(message_id)
    elif await _hears_of_it(told, place, client):
        await messages.drop(message_id, "told by Slack", now=clock())
    else:
        text, blocks = direct_message(told, site=await client.site())
        await post_once(owed, place, text, blocks, messages=messages, client=client, clock=clock)
        if told.approval is not None:  # it may have been decided just then
            await settle_requests(told.card.ticket_id, messages=messages, rooms=rooms, client=client)
    if owed.kind is Kind.MENTIONED:
        await say_who_is_missing(told, place, client=client)


async def _hears_of_it(told: Told, place: Whereabouts, client: Slack) -> bool:
    """Two who talk in a thread name each other all the time: Slack tells them, and the context they have."""
    if told.remark is None or not (told.remark.in_thread and told.briefed) or told.card.place is None:
        return False
    return await client.is_member(told.card.place[0], place.user)


async def _may_not_decide(told: Told, desk: Desk) -> str | None:
    """Whom a request waits for may have changed since: a delegate's time may be over."""
    if told.owed.kind is not Kind.APPROVAL or told.owed.about_id is None:
        return None
    try:
        await desk.may_decide(told.owed.about_id, by=told.owed.reader)
    except NotFound:
        raise
    except Refused:
        return "not theirs"
    return None
