"""What is said once below a card, whatever dies meanwhile: it carries a mark by which an earlier attempt is found."""

from bot.client import Slack
from bot.refusals import Unanswered
from bot.showing.hold import LATE, SETTLING
from bot.views.parts import mrkdwn, section
from bot.wire import Json
from core.errors import ChannelUnavailable, OutcomeUnknown


async def say_once(words: str, mark: Json, *, channel: str | None, card: str | None, client: Slack) -> None:
    """Below this card; None: it is not shown yet. `mark` is the metadata that names what is said.

    Safe to repeat. Raises ChannelError: ChannelUnavailable also where it is not known whether Slack has it, which can
    be seen after a while.
    """
    if channel is None or card is None:
        raise ChannelUnavailable("The card is not shown yet.", retry_after=5)
    async for message in client.replies(channel, card):
        if message.get("metadata", {}).get("event_payload") == mark["event_payload"]:
            return
    try:
        await client.post(channel, words, [section(mrkdwn(words))], metadata=mark, thread_ts=card)
    except OutcomeUnknown as error:
        settling = LATE if isinstance(error, Unanswered) else SETTLING
        raise ChannelUnavailable(error.message, retry_after=settling.total_seconds()) from error
