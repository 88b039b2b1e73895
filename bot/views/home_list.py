"""All that stands under one heading of the home tab, a page at a time, in a modal. Each line leads to its card."""

import json
from dataclasses import dataclass
from typing import Self

from bot.intents import Action, Heading
from bot.refs import StaleButton
from bot.text import cut
from bot.views import words
from bot.views.home import HEADINGS, NOT_ALL, how_many
from bot.views.home_lines import conversation_line, ticket_line
from bot.views.parts import actions, button, context, mrkdwn, plain, section
from bot.wire import Json
from ticketing.home.home import Home, Listed

PAGE = 20  # lines
_LONGEST_TITLE = 24


@dataclass(frozen=True, slots=True)
class Turned:
    """Which heading, opened at which page, from 0."""

    heading: Heading
    page: int = 0

    def encode(self) -> str:
        return json.dumps({"h": self.heading.value, "p": self.page}, separators=(",", ":"))

    @classmethod
    def decode(cls, value: str) -> Self:
        """Of a button of the tab, or of the modal. Raises StaleButton."""
        try:
            if value in set(Heading):
                return cls(Heading(value))
            given = json.loads(value)
            return cls(Heading(given["h"]), max(int(given["p"]), 0))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StaleButton from error


def home_list_modal(home: Home, turned: Turned, site: str) -> Json:
    """A page that is past the end, because what stood there is done, is the last one."""
    listed = _standing(home, turned.heading, site)
    last = max(len(listed.lines) - 1, 0) // PAGE
    page = min(turned.page, last)
    first = page * PAGE
    shown = [*listed.lines[first : first + PAGE]] or [section(mrkdwn("🌿 Nothing is left here."))]
    where = f"{first + 1:,} to {first + len(shown):,} of {how_many(listed)} · as of {words.moment(home.at)}"
    title = cut(HEADINGS[turned.heading], _LONGEST_TITLE)
    foot = _turning(turned.heading, page, last)
    if listed.more and page == last:
        where += f"\n{NOT_ALL[turned.heading]}"
    blocks = [*shown, *([context(mrkdwn(where))] if listed.lines else []), *foot]
    return {"type": "modal", "title": plain(title), "close": plain("Close"), "blocks": blocks}


def _turning(heading: Heading, page: int, last: int) -> list[Json]:
    buttons = []
    if page > 0:
        buttons.append(button("Back", Action.TURN_BACK, Turned(heading, page - 1).encode()))
    if page < last:
        buttons.append(button("Next", Action.TURN_ON, Turned(heading, page + 1).encode()))
    return [actions(*buttons)] if buttons else []


def _standing(home: Home, heading: Heading, site: str) -> Listed[Json]:
    """The lines, without buttons: they would open forms in place of this."""
    if heading is Heading.UNTICKETED:
        waiting = [conversation_line(each, home.at, site, pressable=False) for each in home.unticketed.lines]
        return Listed(waiting, home.unticketed.more)
    tickets = {
        Heading.MINE: home.mine,
        Heading.AT_RISK: home.at_risk,
        Heading.PENDING: home.pending,
        Heading.HANDED_OVER: home.handed_over,
    }.get(heading, home.unassigned or Listed())
    mine = heading in (Heading.MINE, Heading.PENDING)
    return Listed(
        [
            ticket_line(each, home.at, site, mine=mine, whose=heading is Heading.AT_RISK, pressable=False)
            for each in tickets.lines
        ],
        tickets.more,
    )
