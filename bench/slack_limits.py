"""Changes of cards while Slack's real limits are on: within them and beyond them.

The delay of a change is the time until its card shows it, or something newer: beyond the limits the newest state wins.
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
from ticketing.people.person import Person
from ticketing.triage.suggestion import Priority

CARDS = 30
WITHIN, WITHIN_RATE = 15, 0.5  # changes, and a second: Slack takes 50 edits a minute
BEYOND, BEYOND_RATE = 120, 12.0


@dataclass(frozen=True, slots=True)
class Edits:
    """`delays` in seconds, sorted."""

    changes: int
    delays: list[float]
    edits: int  # that Slack took
    refused: int  # that Slack answered with 429

    def at(self, share: float) -> float:
        return self.delays[min(int(len(self.delays) * share), len(self.delays) - 1)]


async def measure(dsn: str, environment: dict[str, str]) -> tuple[Edits, Edits]:
    """Within the limits, then beyond them."""
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
                await asyncio.sleep(15)  # Slack's allowance, and ours, fill up again
                beyond = await _change(made, mia, tickets, BEYOND, BEYOND_RATE, slack.url)
    return within, beyond


async def _change(made: Services, mia: Person, tickets: Sequence[UUID], number: int, rate: float, slack: str) -> Edits:
    """Change that many priorities, evenly spaced, and wait until every card shows its newest one."""
    skip = (await control(slack, "calls"))["total"]
    changes: list[tuple[int, int, float]] = []  # ticket's number, its version, when
    chance = random.Random(7)
    began = time.time()
    for place in range(number):
        await asyncio.sleep(max(0.0, began + place / rate - time.time()))
        ticket_id = tickets[place % len(tickets)]
        async with made.start() as uow:
            now = (await uow.tickets.lock(ticket_id)).priority
        other = chance.choice([each for each in Priority if each is not now])
        ticket = await made.desk.set_priority(ticket_id, other, by=mia)
        changes.append((ticket.number, ticket.version, time.time()))
    for _ in range(240):
        calls = (await control(slack, f"calls?method=chat.update&after={skip}"))["calls"]
        edits = [(*_shown(call), call["at"]) for call in calls if call["status"] == 200]
        delays = [_delay(change, edits) for change in changes]
        if None not in delays:
            refused = sum(call["status"] == 429 for call in calls)
            return Edits(number, sorted(each for each in delays if each is not None), len(edits), refused)
        await asyncio.sleep(1)
    raise TimeoutError("cards do not become true")


def _shown(call: dict[str, Any]) -> tuple[int, int]:
    """The ticket's number and version that an edit shows: its first block is named for them."""
    _, number, version = call["arguments"]["blocks"][0]["block_id"].split(":")
    return int(number), int(version)


def _delay(change: tuple[int, int, float], edits: list[tuple[int, int, float]]) -> float | None:
    """Seconds until the first edit that shows this change or a newer one; None: there is none yet."""
    number, version, at = change
    times = [when for ticket, shown, when in edits if ticket == number and shown >= version]
    return max(0.0, min(times) - at) if times else None
