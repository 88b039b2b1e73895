"""Shows in people's direct messages what became of the requests that they were asked about. Safe to repeat."""

from uuid import UUID

from bot.client import Slack
from bot.ports import Rooms
from bot.refusals import CardGone
from bot.telling.ports import DirectMessages
from bot.views.direct_message import asked_of_you
from core.errors import ChannelUnavailable, OutcomeUnknown
from ticketing.approvals.approval import ApprovalState

_MOST = 100
_SETTLING = 2.0  # seconds


async def settle_requests(ticket_id: UUID, *, messages: DirectMessages, rooms: Rooms, client: Slack) -> None:
    """Those that wait stay as they are. Raises ChannelError; ChannelUnavailable also where Slack did not answer: what
    is shown twice shows the same.
    """
    standing = await messages.requests(ticket_id, most=_MOST)
    settled = [each for each in standing if each.approval.state is not ApprovalState.WAITING]
    if not settled:
        return
    card, site = await rooms.card(ticket_id), await client.site()
    for each in settled:
        text, blocks = asked_of_you(card, each.approval, site=site)
        try:
            await client.update(each.channel, each.ts, text, blocks)
        except CardGone:
            pass  # its reader deleted it, or it is too old
        except OutcomeUnknown as error:
            raise ChannelUnavailable(error.message, retry_after=_SETTLING) from error
        await messages.over(each.message_id)
