"""The app's home tab: what waits for its reader, by urgency and why, and what else they may take up or decide.

Same page, same blocks; at most a hundred of them, whatever waits.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from bot.intents import Action, Heading
from bot.text import cut, title
from bot.views import words
from bot.views.home_lines import approval_lines, asked_line, conversation_line, span, ticket_line
from bot.views.parts import HEADER, actions, button, context, mrkdwn, plain, section
from bot.wire import Json
from ticketing.home.home import AskedApproval, Home, Listed
from ticketing.home.urgency import Placed, Reason
from ticketing.home.work import WaitingConversation
from ticketing.people.person import Role

SLOW = timedelta(seconds=10)  # cards this far behind are noticed
AS_OF = "as_of"  # the block that says as of when all the others are
MOST_MINE, MOST_OTHERS, MOST_APPROVALS, MOST_ASKED = 10, 8, 5, 3  # lines before the rest is on a page of its own

HEADINGS = {
    Heading.MINE: "Yours, by urgency",
    Heading.AT_RISK: "At risk in your teams",
    Heading.PENDING: "Yours, waiting for others",
    Heading.HANDED_OVER: "Handed over by the AI, unclaimed",
    Heading.UNASSIGNED: "Unassigned in your teams",
    Heading.UNTICKETED: "Conversations without a ticket",
}

_NOBODYS = "Of what nobody has, only what presses most is looked at here. For all of it: `/ticket list unassigned`"
_MINE = "There are more than are looked at here. For all of them: `/ticket mine`"
NOT_ALL = {
    Heading.MINE: _MINE,
    Heading.PENDING: _MINE,
    Heading.AT_RISK: "Only those of the whole desk that are due soonest are looked at here. For your team’s: "
    "`/ticket list team:…`",
    Heading.HANDED_OVER: _NOBODYS,
    Heading.UNASSIGNED: _NOBODYS,
    Heading.UNTICKETED: "Others have not waited as long: they come up here as these are dealt with.",
}
_NOT_ALL_REQUESTS = (
    "Only those of the whole desk that expire first are looked at here. Any others for you stand in their "
    "tickets’ threads, and in the direct messages that asked you."
)


def home_view(home: Home, site: str) -> Json:
    """`site`: the workspace's address on the web, to lead to cards."""
    blocks = [*_head(home), *_body(home, site)]
    return {"type": "home", "blocks": [blocks[0], _as_of(home.at), *_behind(home.cards_behind), *blocks[1:]]}


def stranger_view(refusal: str) -> Json:
    """For who is nobody of the desk."""
    return {"type": "home", "blocks": [section(plain(cut(refusal, 2900)))]}


_HERE = "home"  # of buttons that are about nothing in particular
Line = TypeVar("Line")


def _head(home: Home) -> list[Json]:
    name = title(home.person.name, 60)
    buttons = [
        button("New ticket", Action.CREATE_AT_HOME, _HERE),
        button("Find…", Action.FIND_AT_HOME, _HERE),
        button("🔄 Refresh", Action.REFRESH_HOME, _HERE),
    ]
    if home.to_decide.lines or home.person.role is not Role.AGENT:
        buttons.append(button("🤝 Delegate…", Action.DELEGATE, _HERE))
    buttons.append(button("⚙️ Preferences", Action.PREFERENCES, _HERE))
    head = {"type": "header", "text": plain(cut(f"{name}’s desk", HEADER))}
    return [head, section(mrkdwn(_summary(home))), actions(*buttons)]


def _as_of(at: datetime) -> Json:
    shown = context(mrkdwn(f"As of {words.moment(at)} · it follows what happens for as long as you use it"))
    return {**shown, "block_id": AS_OF}


def _behind(cards: timedelta) -> list[Json]:
    """In minutes, for what a page says anew is a page to be drawn anew."""
    if cards < SLOW:
        return []
    why = "Changes wait for their turn in Slack, urgent tickets first. This page is read from the desk itself."
    return [context(mrkdwn(f"🐢 *Cards are {span(cards)} behind.* {why}"))]


_COUNTED = {
    Reason.LATE: "🔴 *{}* late",
    Reason.OVERDUE: "🔴 *{}* past the due date",
    Reason.UNDELIVERED: "❗ *{}* undelivered",
    Reason.AT_RISK: "⚠️ *{}* at risk",
    Reason.WAITS: "💬 *{}* to answer",
    Reason.URGENT: "🔥 *{}* urgent",
    Reason.DUE_SOON: "📅 *{}* due soon",
    Reason.IN_HAND: "▶️ *{}* in hand",
}


def _summary(home: Home) -> str:
    if home.is_empty and home.is_cut:
        return (
            "🌿 *Nothing of yours waits.* The desk has more than is looked at here; below is where it is to be found."
        )
    if home.is_empty:
        return "🌿 *Nothing waits for you.* What becomes yours stands here, the most urgent first, and says why."
    counts = {reason: sum(each.urgency.reason is reason for each in home.mine.lines) for reason in _COUNTED}
    said = [counted.format(counts[reason]) for reason, counted in _COUNTED.items() if counts[reason]]
    if home.to_decide.lines:
        said.append(f"🔐 *{how_many(home.to_decide)}* to decide")
    if home.pending.lines:
        said.append(f"⏳ *{how_many(home.pending)}* waiting for others")
    return " · ".join(said) or "🌿 *Nothing of yours waits.* Below is what somebody could take up."


def _body(home: Home, site: str) -> list[Json]:
    def tickets(heading: Heading, listed: Listed[Placed] | None, *, mine: bool) -> list[Json]:
        def line(each: Placed) -> Json:
            return ticket_line(each, home.at, site, mine=mine, whose=heading is Heading.AT_RISK)

        most = MOST_MINE if heading is Heading.MINE else MOST_OTHERS
        return _listed(heading, listed, line, most) if listed else []

    def conversation(each: WaitingConversation) -> Json:
        return conversation_line(each, home.at, site)

    return [
        *tickets(Heading.MINE, home.mine, mine=True),
        *_to_decide(home.to_decide, site),
        *tickets(Heading.AT_RISK, home.at_risk, mine=False),
        *tickets(Heading.HANDED_OVER, home.handed_over, mine=False),
        *_listed(Heading.UNTICKETED, home.unticketed, conversation, MOST_OTHERS),
        *tickets(Heading.UNASSIGNED, home.unassigned, mine=False),
        *tickets(Heading.PENDING, home.pending, mine=True),
        *_asked(home.asked, home.at, site),
    ]


def _listed(heading: Heading, listed: Listed[Line], line: Callable[[Line], Json], most: int) -> list[Json]:
    """Under its heading; nothing where there is nothing. What is too much is on a page of its own."""
    if not listed.lines:
        return _left_out(HEADINGS[heading], NOT_ALL[heading]) if listed.more else []
    shown = [line(each) for each in listed.lines[:most]]
    if (rest := len(listed.lines) - most) > 0:
        said = f"… and {rest:,}{'+' if listed.more else ''} more"
        shown.append(actions(button(said, Action.MORE_AT_HOME, heading.value)))
    elif listed.more:
        shown.append(context(mrkdwn(NOT_ALL[heading])))
    return [_heading(HEADINGS[heading], listed), *shown]


def _heading(said: str, listed: Listed[Line]) -> Json:
    return {"type": "header", "text": plain(f"{said} · {how_many(listed)}")}


def _left_out(said: str, why: str) -> list[Json]:
    """Nothing was found for them where not everything was looked at: that is not nothing."""
    return [{"type": "header", "text": plain(said)}, context(mrkdwn(f"None found. {why}"))]


def _to_decide(listed: Listed[AskedApproval], site: str) -> list[Json]:
    if not listed.lines:
        return _left_out("Waiting for your decision", _NOT_ALL_REQUESTS) if listed.more else []
    shown = [block for each in listed.lines[:MOST_APPROVALS] for block in approval_lines(each, site)]
    if len(listed.lines) > MOST_APPROVALS:
        shown.append(context(mrkdwn("More wait: they come up here as you decide.")))
    elif listed.more:
        shown.append(context(mrkdwn(_NOT_ALL_REQUESTS)))
    return [_heading("Waiting for your decision", listed), *shown]


def _asked(listed: Listed[AskedApproval], now: datetime, site: str) -> list[Json]:
    if not listed.lines:
        return []
    lines = [asked_line(each, now, site) for each in listed.lines[:MOST_ASKED]]
    return [_heading("You asked for", listed), section(mrkdwn("\n".join(lines)))]


def how_many(listed: Listed[Line]) -> str:
    """ "12", or "50+" where that is all that was read."""
    return f"{len(listed.lines):,}{'+' if listed.more else ''}"
