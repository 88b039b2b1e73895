"""The modal that shows what a message said before its customer changed it."""

from collections.abc import Sequence
from datetime import UTC

from bot.text import inline, pieces
from bot.views import words
from bot.views.parts import SECTION, context, mrkdwn, plain, section
from bot.wire import Json
from ticketing.tickets.card import EarlierWords

_MOST = 15  # versions: each takes up to six of the 100 blocks of a modal
_PIECES = 4  # sections for one version


def earlier_modal(earlier: Sequence[EarlierWords]) -> Json:
    """The newest ones, oldest first."""
    blocks = []
    if left_out := len(earlier) - _MOST:
        blocks += [context(plain(f"{words.count(left_out, 'older version')} not shown"))] if left_out > 0 else []
    for each in earlier[-_MOST:]:
        blocks += _version(each)
    return {
        "type": "modal",
        "title": plain("Earlier versions"),
        "close": plain("Close"),
        "blocks": blocks or [section(plain("The customer has not changed this message."))],
    }


def _version(each: EarlierWords) -> list[Json]:
    at = each.at.astimezone(UTC)
    written = f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{at:%Y-%m-%d %H:%M UTC}>"
    answered = f" · changed after {inline(each.answered_by, 120)}’s answer" if each.answered_by else ""
    parts = pieces(each.text, SECTION)
    more = [context(plain("This version is longer than can be shown here."))] if len(parts) > _PIECES else []
    return [context(mrkdwn(f"{written}{answered}")), *(section(plain(part)) for part in parts[:_PIECES]), *more]
