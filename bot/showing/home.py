"""Keeps somebody's home tab true: reads their page and puts it there, unless it shows that already.

Whoever is overtaken (by a click, by another job) reads anew and tries once more, so what was read last stands there in
the end. Slack's hash tells; after a few times it is done without, and the next look puts right what that got wrong.
"""

import json
import logging
from contextlib import suppress
from hashlib import sha256
from uuid import UUID

from bot.client import Slack
from bot.identity import Stranger, identify
from bot.ports import Rooms
from bot.refusals import ViewChanged
from bot.views.home import AS_OF, home_view, stranger_view
from bot.wire import Json
from core.errors import ChannelError, DeskError
from core.instants import Clock
from ticketing.desk import Desk
from ticketing.home.ports import Homes
from ticketing.people.person import Person

_TRIES = 3
_log = logging.getLogger(__name__)


async def show_home(
    person: Person, slack_user: str, *, homes: Homes, client: Slack, clock: Clock, only_news: bool = False
) -> None:
    """`only_news`: nothing is said where it would say the same as before. Safe to repeat. Raises ChannelError."""
    site = await client.site()
    for attempt in range(_TRIES + 1):
        screen, now = await homes.screen(person.id), clock()
        view = home_view(await homes.read(person, now=now), site)
        digest = _digest(view)
        if only_news and screen is not None and screen.digest == digest:
            return
        seen = screen.version if screen is not None and attempt < _TRIES else None
        await homes.drawing(person.id)  # the answer may get lost, and what was noted of the page with it
        try:
            version = await client.publish_home(slack_user, view, seen=seen)
        except ViewChanged:
            continue
        await homes.drawn(person.id, version=version, digest=digest, at=now)
        return


def _digest(view: Json) -> str:
    """Of what a page says, whenever it was read."""
    said = [block for block in view["blocks"] if block.get("block_id") != AS_OF]
    return sha256(json.dumps(said).encode()).hexdigest()


async def look_again(person_id: UUID, *, desk: Desk, rooms: Rooms, homes: Homes, client: Slack, clock: Clock) -> None:
    """Put what is new on a tab that is open. What fails is left to the next look."""
    screen = await homes.screen(person_id)
    if screen is None:
        return
    try:
        # Asked anew: the account may be somebody else's by now, or nobody's.
        person = await identify(screen.slack_user, desk=desk, rooms=rooms, slack=client, clock=clock)
        if person.id == person_id:
            await show_home(person, screen.slack_user, homes=homes, client=client, clock=clock, only_news=True)
    except Stranger as refusal:
        with suppress(ChannelError):  # they have left the desk: what they saw of it goes, too
            await client.publish_home(screen.slack_user, stranger_view(refusal.message), seen=None)
    except DeskError as error:
        _log.info("a home tab was not looked at again: %s", error.message)
