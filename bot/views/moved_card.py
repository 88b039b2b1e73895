"""What is left of a card whose ticket is shown in another channel now: one line, without buttons."""

from bot.views.parts import mrkdwn, section
from bot.wire import Json


def moved_card(number: int, channel: str) -> tuple[str, list[Json]]:
    """Fallback text and blocks. `channel` is Slack's id of where it went."""
    line = f"➡️ Ticket #{number} is in <#{channel}> now."
    return line, [section(mrkdwn(line))]
