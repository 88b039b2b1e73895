"""A request that nobody has decided about, on its ticket's card. It leads to the request, where that stands."""

from bot.text import inline
from bot.views import words
from bot.views.parts import day_and_time
from bot.wire import permalink
from ticketing.approvals.shown import WaitingApproval


def waits(asked: WaitingApproval, place: tuple[str, str] | None, site: str) -> str:
    """What waits for whom, and since when."""
    amount = f" · {inline(asked.amount, 60)}" if asked.amount else ""
    line = f"🔐 *Waits for approval: {inline(asked.label, 200)}*{amount}"
    line += f" · asked for by {inline(asked.requester, 120)} {day_and_time(asked.since)} · for {inline(asked.who, 300)}"
    if asked.others:
        line += f" · and {words.count(asked.others, 'more request')}"
    link = see_request(asked, place, site)
    return f"{line} · {link}" if link else line


def see_request(asked: WaitingApproval, place: tuple[str, str] | None, site: str) -> str:
    """A link; "" where it does not stand in the thread yet."""
    if asked.post_ts is None or place is None or not site:
        return ""
    channel, thread_ts = place
    return f"<{permalink(site, channel, asked.post_ts, thread_ts)}|see the request>"
