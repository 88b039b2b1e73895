"""The daily digest: what presses most of what waits for somebody, and what the last working day came to."""

from collections.abc import Iterator, Sequence

from bot.intents import Action
from bot.text import inline
from bot.views import words
from bot.views.card_link import numbered
from bot.views.digest_picture import in_words
from bot.views.home_lines import conversation_line, span, ticket_line
from bot.views.parts import actions, button, context, mrkdwn, plain, section
from bot.wire import Json
from ticketing.digests.digest import Digest
from ticketing.digests.numbers import Numbers
from ticketing.home.home import AskedApproval, Home
from ticketing.home.urgency import Placed, Reason

_MINE, _AT_RISK, _OTHERS = 5, 3, 2  # of each the first
_MOST_SAID = 100  # what is more is not counted


def digest_view(digest: Digest, *, site: str, picture: str | None) -> tuple[str, list[Json]]:
    """Fallback text, and blocks. `picture`: Slack's id of that of the last days; None: there is none."""
    day = f"{digest.day:%A}, {digest.day.day} {digest.day:%B}"
    counted = " · ".join(_counts(digest.home))
    blocks: list[Json] = [{"type": "header", "text": plain(f"Your {day}")}]
    nothing = "Nothing of yours waits." if digest.home.is_cut else "Nothing waits for you."
    blocks.append(section(mrkdwn(counted or f"{nothing} Have a good day.")))
    for heading, lines, more in _parts(digest.home, site):
        blocks += [{"type": "divider"}, section(mrkdwn(f"*{heading}*")), *lines]
        if more:
            blocks.append(context(mrkdwn(f"and {more} more")))
    blocks += _numbers(digest, picture)
    blocks += [
        actions(
            button("Preferences", Action.PREFERENCES, "digest"), button("No more digests", Action.NO_DIGEST, "digest")
        ),
        context(mrkdwn(f"As of {words.moment(digest.home.at)} · comes on working days")),
    ]
    return f"Your {day}: {_bare(counted) or 'nothing of yours waits'}", blocks


def _counts(home: Home) -> Iterator[str]:
    """What there is of each kind, in a line."""
    late = sum(each.urgency.reason in (Reason.LATE, Reason.OVERDUE) for each in home.mine.lines)
    if mine := len(home.mine.lines):
        yield f"📌 *{_many(mine)}* of yours" + (f", *{late}* late" if late else "")
    if risk := len(home.at_risk.lines):
        yield f"⚠️ *{_many(risk)}* at risk in your teams"
    if decide := len(home.to_decide.lines):
        yield f"🔐 *{_many(decide)}* to decide"
    if handed := len(home.handed_over.lines):
        yield f"🤖 *{_many(handed)}* handed over by the AI"
    if nobodys := len(home.unassigned.lines) if home.unassigned else 0:
        yield f"🆕 *{_many(nobodys)}* that nobody has"
    if talks := len(home.unticketed.lines):
        yield f"💬 *{_many(talks)}* without a ticket"
    if pending := len(home.pending.lines):
        yield f"⏳ *{_many(pending)}* that wait for others"


def _parts(home: Home, site: str) -> Iterator[tuple[str, list[Json], int]]:
    """Heading, the first lines, and how many more there are."""
    at = home.at
    if mine := home.mine.lines:
        yield "Yours, what presses most first", _tickets(home, mine[:_MINE], site, mine=True), len(mine[_MINE:])
    if risk := home.at_risk.lines:
        yield "At risk in your teams", _tickets(home, risk[:_AT_RISK], site, mine=False), len(risk[_AT_RISK:])
    if decide := home.to_decide.lines:
        asked = [section(mrkdwn(_asked(each, home, site))) for each in decide[:_OTHERS]]
        yield "You are asked to decide", asked, len(decide[_OTHERS:])
    if talks := home.unticketed.lines:
        lines = [conversation_line(each, at, site, pressable=False) for each in talks[:_OTHERS]]
        yield "Conversations without a ticket", lines, len(talks[_OTHERS:])


def _tickets(home: Home, placed: Sequence[Placed], site: str, *, mine: bool) -> list[Json]:
    return [ticket_line(each, home.at, site, mine=mine, whose=not mine, pressable=mine) for each in placed]


def _asked(asked: AskedApproval, home: Home, site: str) -> str:
    """Its buttons came with a message of its own, and stand in the ticket's thread."""
    number, approval = numbered(asked.number, asked.card, site), asked.approval
    amount = f" · *{inline(approval.amount, 60)}*" if approval.amount else ""
    who = f"asked for by {inline(approval.requester, 80)}, {span(home.at - approval.requested_at)} ago"
    return f"🔐 *{number}* {inline(asked.subject, 100)}\n{inline(approval.label, 120)}{amount} · {who}"


def _numbers(digest: Digest, picture: str | None) -> list[Json]:
    if not any(digest.days):
        return []
    last = digest.days[-1]
    facts = " · ".join(_facts(last)) or "nothing happened"
    told = f"*{last.day:%A} in numbers*, {digest.whose}: {facts}"
    blocks = [{"type": "divider"}, section(mrkdwn(told))]
    if picture is not None:
        alt = inline(in_words(digest.days), 1900)
        blocks.append({"type": "image", "slack_file": {"id": picture}, "alt_text": alt})
    return blocks


def _facts(day: Numbers) -> Iterator[str]:
    if day.opened or day.resolved:
        yield f"*{day.opened:,}* opened"
        yield f"*{day.resolved:,}* resolved"
    if day.breached:
        yield f"🔴 *{words.count(day.breached, 'promise')}* broken"
    if day.ratings and day.rating is not None:
        yield f"⭐ rated *{day.rating:.1f}* by {words.count(day.ratings, 'customer')}"


def _many(number: int) -> str:
    return f"{number}" if number < _MOST_SAID else f"{_MOST_SAID} or more"


def _bare(counted: str) -> str:
    return counted.replace("*", "")
