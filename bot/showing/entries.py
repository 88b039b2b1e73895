"""What stands in a ticket's thread: each entry posted once, in order; replies changed as they get on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.client import Slack
from bot.pacing import Method, Visitor
from bot.ports import Rooms
from bot.refusals import CardGone
from bot.showing.card import PICTURES_AGAIN
from bot.showing.hold import Hold, HoldLost
from bot.views.thread_entry import Post, pictures_of, thread_entry, unpictured
from bot.wire import entry_mark, entry_part
from core.errors import ChannelError, ChannelUnavailable, MessageRefused, OutcomeUnknown
from core.instants import Clock
from ticketing.tickets.card import RoomEntry

_Known = Mapping[tuple[str, int], str]  # (entry, part) -> ts of a post that an earlier attempt left behind


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket's thread: below its card."""

    ticket_id: UUID
    channel: str
    card_ts: str
    visitor: Visitor  # as whom it stands in the line for Slack


async def show_entries(thread: Thread, hold: Hold, rooms: Rooms, client: Slack, clock: Clock) -> None:
    """Show what is to be shown in the thread. Raises CardGone when there is no card to write below.

    An entry that Slack refuses keeps no other from being shown; its MessageRefused is raised at the end.
    """
    entries = await rooms.begin_entries(thread.ticket_id, now=clock())
    known = await _left_behind(entries, thread, client)
    refused: ChannelError | None = None
    without_pictures: list[UUID] = []
    for at, entry in enumerate(entries):
        posts = thread_entry(entry)
        try:
            ts, whole = await _shown(entry, posts, known, thread, hold, client)
            if not whole and await rooms.pictures_refused(pictures_of(entry)):
                without_pictures.append(entry.id)
        except HoldLost:
            raise
        except ChannelError as error:
            only_this = isinstance(error, MessageRefused) and not isinstance(error, CardGone)
            lost = entries[at : at + 1] if only_this else entries[at:]
            # Of an entry in several posts, some may stand there: it stays marked, and the next run looks.
            unsure = isinstance(error, OutcomeUnknown) or len(posts) > 1
            await _let_go(lost[1:] if unsure else lost, known, hold, rooms)
            if not only_this:
                raise
            refused = refused or error
        else:
            await rooms.entry_shown(entry.id, run=hold.run, ts=ts)
    if without_pictures:
        await rooms.entries_lost(without_pictures, run=hold.run)
    if refused is not None:
        raise refused
    if without_pictures:
        raise ChannelUnavailable("Slack does not show a picture yet.", retry_after=PICTURES_AGAIN)


async def _shown(
    entry: RoomEntry, posts: Sequence[Post], known: _Known, thread: Thread, hold: Hold, client: Slack
) -> tuple[str, bool]:
    """The ts of the entry's first post, and whether its pictures stand in it: the words do not wait for them."""
    try:
        return await _put_up(entry, posts, known, thread, hold, client), True
    except MessageRefused as error:
        if error.vendor_code != "invalid_blocks" or not pictures_of(entry):
            raise
    return await _put_up(entry, thread_entry(unpictured(entry)), known, thread, hold, client), False


async def _put_up(
    entry: RoomEntry, posts: Sequence[Post], known: _Known, thread: Thread, hold: Hold, client: Slack
) -> str:
    ts = await _changed(entry.slack_ts, posts, thread, hold, client)
    return ts or await _posted(entry, posts, known, thread, hold, client)


async def _let_go(entries: Sequence[RoomEntry], known: _Known, hold: Hold, rooms: Rooms) -> None:
    """Take the mark from what provably did not reach Slack, so that the next run need not look for it."""
    seen = {entry for entry, _ in known}
    if lost := [entry.id for entry in entries if str(entry.id) not in seen]:
        await rooms.entries_lost(lost, run=hold.run)


async def _changed(ts: str | None, posts: Sequence[Post], thread: Thread, hold: Hold, client: Slack) -> str | None:
    """Bring an entry's post up to date; only its first one ever changes. None: there is none, or none any more."""
    if ts is None:
        return None
    text, blocks = posts[0]
    try:
        async with client.turn(Method.UPDATE, thread.channel, thread.visitor) as turn, hold.once():
            await client.update(thread.channel, ts, text, blocks, turn=turn)
    except CardGone:
        return None
    return ts


async def _posted(
    entry: RoomEntry, posts: Sequence[Post], known: _Known, thread: Thread, hold: Hold, client: Slack
) -> str:
    """Post what is not there yet; the ts of the first post."""
    stamps = []
    for part, (text, blocks) in enumerate(posts):
        ts = known.get((str(entry.id), part))
        if part == 0:  # the reply may have got on since
            ts = await _changed(ts, posts, thread, hold, client)
        if ts is None:
            mark = entry_mark(entry.id, entry.ticket_id, part)
            async with client.turn(Method.POST, thread.channel, thread.visitor) as turn, hold.once():
                ts = await client.post(thread.channel, text, blocks, metadata=mark, thread_ts=thread.card_ts, turn=turn)
        stamps.append(ts)
    return stamps[0]


async def _left_behind(entries: Sequence[RoomEntry], thread: Thread, client: Slack) -> _Known:
    """Posts of an earlier attempt that was not noted. Read only where there may be any."""
    if not any(entry.posting for entry in entries):
        return {}
    found = {}
    async for message in client.replies(thread.channel, thread.card_ts, visitor=thread.visitor):
        part = entry_part(message)
        if part is not None:
            found[part] = str(message["ts"])
    return found
