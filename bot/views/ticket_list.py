"""Lists of tickets as private answers: a line for each, which leads to its card, and the way to the next page."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self

from bot.intents import Action
from bot.refs import StaleButton
from bot.text import inline
from bot.views import words
from bot.views.card_link import numbered
from bot.views.parts import actions, button, context, mrkdwn, section
from bot.wire import Json
from ticketing.tickets.search import Where
from ticketing.tickets.shown_line import ShownLine

PAGE = 10  # a message has fifty blocks and some 13,000 characters; a person reads fewer
MOST_FOUND = 50  # of a search: who needs more had better say more
_MOST_VALUE = 1200  # characters of a button's value


@dataclass(frozen=True, slots=True)
class Asking:
    """What a list was asked for, as its buttons carry it."""

    what: str  # the subcommand
    said: str = ""  # what was typed after it
    after: str | None = None  # the cursor of a page that is not the first
    skip: int = 0  # the lines before this page

    def encode(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value}, separators=(",", ":"))

    @classmethod
    def decode(cls, value: str) -> Self:
        """Raises StaleButton."""
        try:
            given = json.loads(value)
            after = given.get("after")
            return cls(str(given["what"]), str(given.get("said", "")), after and str(after), int(given.get("skip", 0)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error


@dataclass(frozen=True, slots=True)
class Listed:
    """One page. `said`: what was understood of what was typed; `following`: how to ask for the next one."""

    head: str
    said: Sequence[str]
    lines: Sequence[ShownLine]
    asking: Asking
    following: Asking | None = None
    nothing: str = "No ticket is like that."


def ticket_list(listed: Listed, *, now: datetime, site: str) -> list[Json]:
    """`site`: of the workspace, to lead to the cards."""
    said = "".join(f" · {inline(each, 80)}" for each in listed.said[:6])
    if not listed.lines:
        return [section(mrkdwn(f"*{listed.head}*{said}\n{listed.nothing}"))]
    first = listed.asking.skip + 1
    count = f"{first}–{first + len(listed.lines) - 1}" if listed.following or first > 1 else str(len(listed.lines))
    blocks = [section(mrkdwn(f"*{listed.head}* · {count}{said}"))]
    blocks += [
        section(mrkdwn(line(each, now=now, site=site)), accessory=show_button(each.ticket.number))
        for each in listed.lines
    ]
    return [*blocks, *_turning(listed)]


def line(shown: ShownLine, *, now: datetime, site: str) -> str:
    """What stands in a list of one ticket: two lines, one for its clocks, and one for why a search found it."""
    ticket = shown.ticket
    who = inline(ticket.assignee, 60) if ticket.assignee else "_nobody yet_"
    facts = [words.PRIORITY[ticket.priority], inline(shown.status.label, 40), who]
    facts += [inline(ticket.customer, 60) or "unknown customer", f"{words.age(now - ticket.created_at)} old"]
    told = [f"{words.sign(shown.status)} *{numbered(ticket.number, shown.place, site)}* {inline(ticket.subject, 100)}"]
    told.append(" · ".join(facts))
    if shown.clocks:
        told.append(" · ".join(map(words.clock, shown.clocks[:2])))
    if shown.found is not None and shown.found.where in _WHERE and (said := inline(shown.found.snippet, 160)):
        told.append(f"{_WHERE[shown.found.where]}: “{said}”")
    return "\n".join(told)


_WHERE = {Where.MESSAGE: "💬 in a message", Where.COMMENT: "📝 in a comment"}


def show_button(of: int) -> Json:
    """Shows this ticket below the list, with its buttons."""
    return button("Show", Action.SHOW, str(of))


def _turning(listed: Listed) -> list[Json]:
    """The buttons of one message need values that differ, or action_ids: a page that is asked for twice is the same."""
    buttons = []
    following = listed.following.encode() if listed.following else ""
    if following and len(following) <= _MOST_VALUE:
        buttons.append(button("Show more", Action.PAGE, following))
    if listed.asking.skip:
        first = Asking(listed.asking.what, listed.asking.said)
        buttons.append(
            {**button("Back to the first", Action.PAGE, first.encode()), "action_id": f"{Action.PAGE}.first"}
        )
    if buttons:
        return [actions(*buttons)]
    if listed.following:
        return [context(mrkdwn("There are more. Say more precisely what you look for."))]
    return []
