"""`/ticket`: what the desk has, asked from anywhere in Slack. Only who asks sees the answer."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers import autonomy
from bot.handlers.autonomy import AUTONOMY
from bot.handlers.create_ticket import open_form
from bot.handlers.ticket_lists import ESCALATED, LIST, MINE, SEARCH, brief_of, page_of
from bot.intents import COMMAND
from bot.mentions import with_emails
from bot.text import escape
from bot.views.at_risk import MOST, at_risk_view
from bot.views.create_modal import Beginning
from bot.views.ticket_help import help_view
from bot.views.ticket_list import Asking
from bot.wire import Json
from core.errors import DeskError, Refused
from ticketing.people.person import Person

SHOW, CREATE, AT_RISK, HELP = "show", "create", "at-risk", "help"
_KNOWN = (LIST, SHOW, CREATE, SEARCH, MINE, ESCALATED, AT_RISK, AUTONOMY, HELP)
# What people type instead.
_MEANT: Mapping[str, str] = {
    **dict.fromkeys(("new", "open", "add"), CREATE),
    **dict.fromkeys(("find", "look", "query"), SEARCH),
    **dict.fromkeys(("view", "get", "read"), SHOW),
    **dict.fromkeys(("my", "me"), MINE),
    **dict.fromkeys(("risk", "sla", "late"), AT_RISK),
    **dict.fromkeys(("all", "tickets", "ls"), LIST),
}
_NUMBER = re.compile(r"#?([0-9]{1,9})")


class Misread(Refused):
    """What was typed lacks something."""


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.command(COMMAND)
    async def ticket(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            person = await door.person(str(body["user_id"]))
            blocks = await _answer(door, body, person)
        except DeskError as refusal:
            await ack(escape(refusal.message))
        else:
            await ack(text=COMMAND, blocks=blocks) if blocks else await ack()


async def _answer(door: Door, body: Mapping[str, Any], person: Person) -> list[Json]:
    """The blocks of the answer; none: a form has opened."""
    typed = await with_emails(str(body.get("text") or "").strip()[:3000], door)
    word, _, rest = typed.partition(" ")
    word, rest = word.casefold(), rest.strip()
    if number := _NUMBER.fullmatch(typed):
        return await brief_of(door, int(number[1]))
    match word:
        case "" | "help" | "?":
            return help_view()
        case "show":
            return await _show(door, rest)
        case "search" if not rest:
            raise Misread(f"Write what to look for: {COMMAND} search broken mug")
        case "create":
            await open_form(door, str(body["trigger_id"]), Beginning(subject=rest))
            return []
        case "list" | "mine" | "escalated" | "search":
            return await page_of(door, Asking(word, rest), person)
        case "autonomy":
            return await autonomy.answer(door, rest, person)
        case "at-risk":
            tickets = await door.rooms.at_risk(most=MOST + 1)
            return at_risk_view(tickets, await door.slack.site())
    return help_view(typed, _perhaps(word, rest))


async def _show(door: Door, said: str) -> list[Json]:
    number = _NUMBER.fullmatch(said)
    if number is None:
        raise Misread(f"Write the number of the ticket: {COMMAND} show 12")
    return await brief_of(door, int(number[1]))


def _perhaps(word: str, rest: str) -> str:
    """What may have been meant; what comes after it stays."""
    near = _MEANT.get(word) or next(iter(get_close_matches(word, _KNOWN, n=1, cutoff=0.6)), None)
    if near is None:
        return f"{SEARCH} {word} {rest}".strip()
    return f"{near} {rest}".strip() if near not in (MINE, AT_RISK, HELP) else near
