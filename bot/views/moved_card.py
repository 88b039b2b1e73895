"""What is left of a card whose ticket or conversation is shown in another channel now: one line, without buttons."""

from bot.text import inline
from bot.views.parts import mrkdwn, section
from bot.wire import Json
from ticketing.tickets.card import Owner

_CALLED = {Owner.TICKET: "Ticket", Owner.CONVERSATION: "The conversation with"}


def moved_card(owner: Owner, name: str, channel: str) -> tuple[str, list[Json]]:
    """Fallback text and blocks. `channel` is Slack's id of where it went."""
    line = f"➡️ {_CALLED[owner]} {inline(name, 80) or 'unknown'} is in <#{channel}> now."
    return line, [section(mrkdwn(line))]
