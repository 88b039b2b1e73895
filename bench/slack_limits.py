"""Changes of cards while Slack's real limits are on: within them, beyond them, and of urgent tickets among others.

The delay of a change is the time until its card shows it, or something newer: beyond the limits the newest state wins.
How far cards are behind is also what the home tab says meanwhile.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.services import Services
from app.settings import Settings
from app.wiring import services
from bench.processes import BOT_TOKEN, SIGNING_SECRET, control, process
from bench.standing import stand
from emulators.loopback import free_port
from emulators.waiting import until
from ticketing.people.person import Person
from ticketing.triage.suggestion import Priority

CARDS = 30
WITHIN, WITHIN_RATE = 15, 0.5  # changes, and a second: Slack takes 50 edits a minute
BEYOND, BEYOND_RATE = 120, 12.0
URGENT = 6  # of the cards that change together, in no particular place among them
FULL = 15.0  # seconds in which Slack's allowance, and ours, fill up again


@dataclass(frozen=True, slots=True)
class Edits:
    """`delays` in seconds, sorted."""

    changes: int
    delays: list[float]
    edits: int  # that Slack took
    refused: int  # that Slack answered with 429
    behind: float  # seconds, the most that the home tab told

    def at(self, share: float) -> float:
        return self.delays[min(int(len(self.delays) * share), len(self.delays) - 1)]


@dataclass(frozen=True, slots=True)
class Limited:
    """What was measured. `urgent` and `others` are of the same edits: all cards changed together."""

    within: Edits
    beyond: Edits
    urgent: Edits
    others: Edits

    @property
    def before(self) -> int:
        """How many of the others were true before the last urgent one: those for which there was room at once, too."""
        return sum(each < self.urgent.delays[-1] for each in self.others.delays)


@dataclass(frozen=True, slots=True)
class _Change:
    ticket: int  # its number
    version: int
    at: float
    is_urgent: bool = False


async def measure(dsn: str, environment: dict[str, str]) -> Limited:
    """Within the limits, then beyond them, then urgent ones among others."""
    port = free_port()
    arguments = ["emulators.slack", "--port", str(port), "--no-limits", "--no-echoes", "--bot-token", BOT_TOKEN]
    settings = environment | {
        "DATABASE_URL": dsn,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{port}/api/",
        "LOG_LEVEL": "error",
    }
    async with process("slack", arguments, {}, port=port) as slack:
        channel = await control(slack.url, "channels", {"name": "support"})
        ours = Settings(
            _env_file=None,
            slack_bot_token=BOT_TOKEN,
            slack_signing_secret=SIGNING_SECRET,
            slack_api_url=settings["SLACK_API_URL"],
            slack_pacing=False,
        )
        async with services(ours, dsn, connections=4) as made:
            mia, tickets = await stand(made, channel["id"], dsn, CARDS)
            await control(slack.url, "configure", {"limits": True})
            async with process("worker", ["app", "worker"], settings):
                await _change(made, mia, tickets, 2, 1.0, slack.url)  # warm: the worker has started
                await asyncio.sleep(5)
                within = await _change(made, mia, tickets, WITHIN, WITHIN_RATE, slack.url)
                await asyncio.sleep(FULL)
                beyond = await _change(made, mia, tickets, BEYOND, BEYOND_RATE, slack.url)
                await asyncio.sleep(FULL)
                urgent, others = await _together(made, mia, tickets, slack.url)
    return Limited(within, beyond, urgent, others)


async def _change(made: Services, mia: Person, tickets: Sequence[UUID], number: int, rate: float, slack: str) -> Edits:
    """Change that many priorities, evenly spaced, and wait until every card shows its newest one."""
    skip = (await control(slack, "calls"))["total"]
    changes: list[_Change] = []
    chance = random.Random(7)
    began = time.time()
    for place in range(number):
        await asyncio.sleep(max(0.0, began + place / rate - time.time()))
        ticket_id = tickets[place % len(tickets)]
        now = await _priority(made, ticket_id)
        other = chance.choice([each for each in Priority if each is not now])
        ticket = await made.desk.set_priority(ticket_id, other, by=mia)
        changes.append(_Change(ticket.number, ticket.version, time.time()))
    return (await _shown_all(made, changes, slack, skip))[1]


async def _together(made: Services, mia: Person, tickets: Sequence[UUID], slack: str) -> tuple[Edits, Edits]:
    """Everything changes at once, some of it urgent: the urgent ones, and the others."""
    urgent = set(random.Random(7).sample(range(len(tickets)), URGENT))
    for place, ticket_id in enumerate(tickets):
        to = Priority.URGENT if place in urgent else Priority.NORMAL
        if await _priority(made, ticket_id) is not to:
            await made.desk.set_priority(ticket_id, to, by=mia)

    async def all_shown() -> bool:
        return not await made.homes.cards_behind()

    await until(all_shown, "every card to show its priority", patience=120, pause=1)
    await asyncio.sleep(FULL)
    skip = (await control(slack, "calls"))["total"]
    changes = []
    for place, ticket_id in enumerate(tickets):
        ticket = await made.desk.assign(ticket_id, mia.id, by=mia)
        changes.append(_Change(ticket.number, ticket.version, time.time(), place in urgent))
    return await _shown_all(made, changes, slack, skip)


async def _priority(made: Services, ticket_id: UUID) -> Priority:
    async with made.start() as uow:
        return (await uow.tickets.lock(ticket_id)).priority


async def _shown_all(made: Services, changes: Sequence[_Change], slack: str, skip: int) -> tuple[Edits, Edits]:
    """Wait until every card shows its newest change: what became of those that are not urgent comes last."""
    behind = 0.0
    for _ in range(240):
        behind = max(behind, (await made.homes.cards_behind()).total_seconds())
        calls = (await control(slack, f"calls?method=chat.update&after={skip}"))["calls"]
        edits = [(*_shown(call), call["at"]) for call in calls if call["status"] == 200]
        delays = [(each.is_urgent, _delay(each, edits)) for each in changes]
        if all(delay is not None for _, delay in delays):
            refused = sum(call["status"] == 429 for call in calls)
            parts = [
                sorted(delay for urgent, delay in delays if urgent is part and delay is not None)
                for part in (True, False)
            ]
            urgent, others = (Edits(len(part), part, len(edits), refused, behind) for part in parts)
            return urgent, others
        await asyncio.sleep(1)
    raise TimeoutError("cards do not become true")


def _shown(call: dict[str, Any]) -> tuple[int, int]:
    """The ticket's number and version that an edit shows: its first block is named for them."""
    _, number, version = call["arguments"]["blocks"][0]["block_id"].split(":")
    return int(number), int(version)


def _delay(change: _Change, edits: list[tuple[int, int, float]]) -> float | None:
    """Seconds until the first edit that shows this change or a newer one; None: there is none yet."""
    times = [when for ticket, shown, when in edits if ticket == change.ticket and shown >= change.version]
    return max(0.0, min(times) - change.at) if times else None
