"""Posts a direct message once, whatever dies meanwhile: it carries a mark by which an earlier attempt is found."""

from datetime import timedelta

from bot.client import Slack
from bot.pacing import Method, Visitor
from bot.telling.ports import DirectMessages
from bot.telling.whereabouts import Whereabouts
from bot.wire import Json
from core.errors import ChannelError, ChannelUnavailable, OutcomeUnknown, Throttled
from core.ids import new_id
from core.instants import Clock
from ticketing.direct_messages.shown import Owed

EVENT = "threadline_direct_message"  # `event_type` of the metadata on every one of them

# A call is begun right after it was noted, and its sender waits ten seconds for the answer. What is left is for what a
# Slack in trouble does with a request whose sender has gone: whoever looks after that finds what became of it.
SETTLED = timedelta(seconds=30)
_SKEW = timedelta(minutes=5)  # between our clock and Slack's
_RANK = 60  # cards go first


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


def _visitor(owed: Owed) -> Visitor:
    return Visitor(owed.id, _RANK)


def _mark(owed: Owed) -> Json:
    return {"event_type": EVENT, "event_payload": {"message": str(owed.id)}}
