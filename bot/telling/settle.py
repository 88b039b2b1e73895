"""Shows in people's direct messages what became of the requests that they were asked about. Safe to repeat."""

from uuid import UUID

from bot.client import Slack
from bot.refusals import CardGone
from bot.telling.ports import DirectMessages
from bot.views.approval_entry import approval_entry
from core.errors import ChannelUnavailable, OutcomeUnknown
from ticketing.approvals.approval import ApprovalState

_MOST = 100
_SETTLING = 2.0  # seconds


async def settle_requests(ticket_id: UUID, *, messages: DirectMessages, client: Slack) -> None:
    """Those that wait stay as they are. Raises ChannelError; ChannelUnavailable also where Slack did not answer: what
    is shown twice shows the same.
    """
    for each in await messages.requests(ticket_id, most=_MOST):
        if each.approval.state is ApprovalState.WAITING:
            continue
        text, blocks = approval_entry(each.approval)
        try:
            await client.update(each.channel, each.ts, text, blocks)
        except CardGone:
            pass  # its reader deleted it, or it is too old
        except OutcomeUnknown as error:
            raise ChannelUnavailable(error.message, retry_after=_SETTLING) from error
        await messages.over(each.message_id)
