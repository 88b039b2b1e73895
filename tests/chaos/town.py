"""A town of customers: what each writes, when, and what must come of it. They send until they are acknowledged."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, count

from emulators.twilio import Account

PEOPLE = {"one issue": 120, "asks again": 40, "two issues": 30, "only greets": 20, "stutters": 20}
WRITTEN = 300  # by all of them together


@dataclass(frozen=True, slots=True)
class Told:
    """A message, and the ticket of its writer that it belongs to: 0 the first, 1 the second; None: to no ticket."""

    text: str
    ticket: int | None
    copies: int  # delivered this often at once
    sid: str
    at: float  # seconds after the beginning


@dataclass(frozen=True, slots=True)
class Citizen:
    number: str
    name: str
    messages: tuple[Told, ...]

    @property
    def tickets(self) -> int:
        return len(self.threads)

    @property
    def threads(self) -> list[list[str]]:
        """What must stand in the threads of their tickets. Sorted: who dies in between may change which comes first."""
        tickets = {message.ticket for message in self.messages} - {None}
        return sorted(sorted(each.text for each in self.messages if each.ticket == ticket) for ticket in tickets)


@dataclass(slots=True)
class Day:
    """A day in town: who writes, and how far they have come."""

    town: Sequence[Citizen]
    acknowledged: int = 0

    @property
    def written(self) -> int:
        return sum(len(citizen.messages) for citizen in self.town)

    @property
    def posts(self) -> int:
        """What must stand in Slack in the evening: a card for each ticket, an entry for each message of one."""
        entries = sum(message.ticket is not None for citizen in self.town for message in citizen.messages)
        return entries + sum(citizen.tickets for citizen in self.town)


def town(dice: random.Random, seconds: float) -> list[Citizen]:
    """The same dice, the same town. Whether a customer's messages are understood together makes no difference."""
    orders = (str(number) for number in count(500_000))
    kinds = [kind for kind, many in PEOPLE.items() for _ in range(many)]
    dice.shuffle(kinds)
    return [_citizen(index, kind, orders, dice, seconds) for index, kind in enumerate(kinds)]


def _citizen(index: int, kind: str, orders: Iterator[str], dice: random.Random, seconds: float) -> Citizen:
    order, other = next(orders), next(orders)
    broken = (f"My mug from order {order} arrived broken, I want a refund.", 0)
    says: dict[str, Sequence[tuple[str, int | None]]] = {
        "one issue": [broken],
        "asks again": [broken, (f"Any news about the refund for order {order}?", 0)],
        "two issues": [broken, (f"I was charged twice for order {other}.", 1)],
        "only greets": [("Hello! Good morning :)", None)],
        "stutters": [broken],
    }
    # Seconds pass between two messages of one customer, or next to nothing.
    first = dice.uniform(0, seconds)
    ats = accumulate((dice.choice([0.05, 0.4, 2.0]) for _ in says[kind][1:]), initial=first)
    messages = tuple(
        Told(text, ticket, 3 if kind == "stutters" else 1, f"SM{dice.getrandbits(128):032x}", at)
        for (text, ticket), at in zip(says[kind], ats, strict=True)
    )
    return Citizen(f"+4917{index:08d}", f"Citizen {index}", messages)


async def everybody_writes(day: Day, twilio: Account) -> None:
    """Returns when every message has been acknowledged."""
    begun = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as group:
        for citizen in day.town:
            group.create_task(_write(citizen, day, twilio, begun))


async def _write(citizen: Citizen, day: Day, twilio: Account, begun: float) -> None:
    phone = twilio.customer(citizen.number, citizen.name)
    loop = asyncio.get_running_loop()
    for message in citizen.messages:
        await asyncio.sleep(begun + message.at - loop.time())
        while True:
            written = await phone.write(message.text, sid=message.sid, copies=message.copies, concurrently=True)
            if 200 in written.statuses:
                break
            await asyncio.sleep(0.5)
        day.acknowledged += 1
