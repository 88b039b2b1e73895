"""Who named a colleague learns, privately, that the colleague cannot see the thread. Nobody is told it for certain:
what only one person sees cannot be found again, so it is said once at best.
"""

import logging

from bot.client import Slack
from bot.telling.whereabouts import Whereabouts
from bot.text import inline
from core.errors import ChannelError
from ticketing.direct_messages.shown import Told

_log = logging.getLogger(__name__)


async def say_who_is_missing(told: Told, place: Whereabouts | None, *, client: Slack) -> None:
    """`place`: where the colleague is in Slack; None: nowhere."""
    remark, card = told.remark, told.card.place
    if remark is None or remark.by_slack is None or card is None:
        return
    name = f"*{inline(told.owed.reader.name, 120)}*"
    channel, ts = card
    try:
        if place is None:
            words = (
                f"{name} watches #{told.card.number} from now on, but nobody in Slack has the address "
                f"{inline(told.owed.reader.email, 200)}, so they were not told. An admin can put that right."
            )
        elif await client.is_member(channel, place.user):
            return
        else:
            words = (
                f"{name} is not in <#{channel}> and cannot see this thread. They watch #{told.card.number} from now on "
                f"and have its context in a direct message. To bring them in, write `/invite` with <@{place.user}>."
            )
        await client.tell(channel, remark.by_slack, words, thread_ts=ts)
    except ChannelError as error:
        _log.warning("could not tell %s who is not in %s: %s", remark.by_slack, channel, error.message)
