"""Tells one person one thing. Run as a job; safe to repeat, by any number at once."""

from datetime import timedelta
from uuid import UUID

from bot.client import Slack
from bot.pacing import Method, Visitor
from bot.ports import Rooms
from bot.telling.invite import say_who_is_missing
from bot.telling.ports import DirectMessages
from bot.telling.whereabouts import Whereabouts, whereabouts
from bot.views.direct_message import direct_message
from bot.wire import Json
from core.errors import ChannelError, ChannelUnavailable, NotFound, OutcomeUnknown, Refused, Throttled
from core.ids import new_id
from core.instants import Clock
from ticketing.desk import Desk
from ticketing.direct_messages.direct_message import Kind
from ticketing.direct_messages.shown import Owed, Told
from ticketing.direct_messages.worth import for_reader, why_not

EVENT = "threadline_direct_message"  # `event_type` of the metadata on every one of them

# A call is begun right after it was noted, and its sender waits ten seconds for the answer. What is left is for what a
# Slack in trouble does with a request whose sender has gone: whoever looks after that finds what became of it.
SETTLED = timedelta(seconds=30)
_SKEW = timedelta(minutes=5)  # between our clock and Slack's
_RANK = 60  # cards go first


async def tell_person(
    message_id: UUID, *, messages: DirectMessages, desk: Desk, rooms: Rooms, client: Slack, clock: Clock
) -> None:
    """Does nothing where it was told, is not wanted, or is not so any more. Raises ChannelError."""
    owed = await messages.owed(message_id)
    if owed is None:
        return
    told = for_reader(await messages.told(owed))
    why = why_not(told) or await _may_not_decide(told, desk)
    if why is not None:
        await messages.drop(message_id, why, now=clock())
        return
    place = await whereabouts(owed, messages=messages, rooms=rooms, client=client, clock=clock)
    if place is None:
        await messages.drop(message_id, "not in Slack", now=clock())
    else:
        text, blocks = direct_message(told, site=await client.site())
        await post_once(owed, place, text, blocks, messages=messages, client=client, clock=clock)
    if owed.kind is Kind.MENTIONED:
        await say_who_is_missing(told, place, client=client)


async def post_once(
    owed: Owed,
    place: Whereabouts,
    text: str,
    blocks: list[Json],
    *,
    messages: DirectMessages,
    client: Slack,
    clock: Clock,
) -> None:
    """Raises ChannelError; ChannelUnavailable also where it is not known yet whether Slack has it."""
    ts = await _left_behind(owed, place, client, clock) if owed.posting_since else None
    if ts is None:
        ts = await _posted(owed, place, text, blocks, messages, client, clock)
    await messages.was_told(owed.id, channel=place.channel, ts=ts, now=clock())


async def _left_behind(owed: Owed, place: Whereabouts, client: Slack, clock: Clock) -> str | None:
    """The post of an earlier attempt that was not noted."""
    assert owed.posting_since is not None
    if (wait := owed.posting_since + SETTLED - clock()) > timedelta():
        raise Throttled("It may just be reaching Slack.", retry_after=wait.total_seconds())
    oldest = (owed.posting_since - _SKEW).timestamp()
    async for message in client.messages_since(place.channel, oldest, visitor=_visitor(owed)):
        if message.get("metadata", {}).get("event_payload") == _mark(owed)["event_payload"]:
            return str(message["ts"])
    return None


async def _posted(
    owed: Owed,
    place: Whereabouts,
    text: str,
    blocks: list[Json],
    messages: DirectMessages,
    client: Slack,
    clock: Clock,
) -> str:
    run = new_id()
    async with client.turn(Method.POST, place.channel, _visitor(owed)) as turn:
        if not await messages.begin(owed.id, run=run, seen=owed.posting_since, now=clock()):
            raise ChannelUnavailable("Somebody else is telling it.", retry_after=SETTLED.total_seconds())
        try:
            return await client.post(place.channel, text, blocks, metadata=_mark(owed), turn=turn)
        except OutcomeUnknown as error:
            raise ChannelUnavailable(error.message, retry_after=SETTLED.total_seconds()) from error
        except ChannelError:
            await messages.not_posted(owed.id, run=run)
            raise


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


def _visitor(owed: Owed) -> Visitor:
    return Visitor(owed.id, _RANK)


def _mark(owed: Owed) -> Json:
    return {"event_type": EVENT, "event_payload": {"message": str(owed.id)}}
