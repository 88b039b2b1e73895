"""Where somebody of the desk is in Slack: found by the address that they have at the desk, and remembered."""

from typing import NamedTuple

from bot.client import Slack
from bot.identity import LOOK_AGAIN, address_of, doubt_about, zone_of
from bot.ports import Rooms
from bot.telling.ports import DirectMessages
from core.errors import MessageRefused
from core.instants import Clock
from ticketing.direct_messages.shown import Owed

# What Slack says of whom nobody can write to: bots, and people who have left.
_NOBODY = frozenset({"users_not_found", "user_not_found", "user_disabled", "cannot_dm_bot"})


class Whereabouts(NamedTuple):
    user: str
    channel: str  # of the app's conversation with them


async def whereabouts(
    owed: Owed, *, messages: DirectMessages, rooms: Rooms, client: Slack, clock: Clock
) -> Whereabouts | None:
    """None: nobody in the workspace has their address, or nobody can write to them. Raises ChannelError."""
    try:
        user = await _user(owed, rooms, client, clock)
        if user is None:
            return None
        if owed.direct is not None and user == owed.slack_user:
            return Whereabouts(user, owed.direct)
        channel = await client.open_direct(user)
    except MessageRefused as refused:
        if refused.vendor_code not in _NOBODY:
            raise
        return None
    await messages.opened(user, channel)
    return Whereabouts(user, channel)


async def _user(owed: Owed, rooms: Rooms, client: Slack, clock: Clock) -> str | None:
    """An address may be somebody else's by now, or nobody's: once a day it is looked at."""
    if owed.slack_user is not None and owed.seen_at is not None and owed.seen_at > clock() - LOOK_AGAIN:
        return owed.slack_user
    return await _found(owed.reader.email, rooms, client, clock)


async def _found(email: str, rooms: Rooms, client: Slack, clock: Clock) -> str | None:
    found = await client.user_by_email(email)
    # A guest from elsewhere has the address that others gave them.
    if doubt_about(found, await client.home()) is not None or address_of(found) != email:
        return None
    user = str(found["id"])
    await rooms.remember_user(user, email, zone=zone_of(found), now=clock())
    return user
