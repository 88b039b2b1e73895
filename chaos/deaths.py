"""What dies when. By the share of the work that is done and not by the clock: so it is in the midst of it on a slow
machine too. The instant within that moment is chance.
"""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from chaos.house import House
from chaos.plan import Plan
from emulators.waiting import NeverCame, until

KILL, TERM, INT, QUIT = signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT


@dataclass(frozen=True, slots=True)
class Way:
    """One way of dying, as the table calls it."""

    name: str
    what: str  # web | worker | clock | postgres | guardian
    signal: signal.Signals


# In this order the first ones of a short run are taken; a long run draws from all of them by weight.
WAYS: Mapping[Way, int] = {
    Way("worker killed", "worker", KILL): 26,
    Way("web killed", "web", KILL): 22,
    Way("PostgreSQL killed", "postgres", KILL): 8,
    Way("worker stopped", "worker", TERM): 10,
    Way("PostgreSQL restarted at once", "postgres", QUIT): 7,
    Way("web stopped", "web", TERM): 8,
    Way("PostgreSQL restarted", "postgres", INT): 8,
    Way("clock killed", "clock", KILL): 7,
    Way("guardian killed", "guardian", KILL): 4,
}


@dataclass(frozen=True, slots=True)
class Death:
    way: Way
    at: float  # share of the work
    later: float  # seconds


@dataclass(slots=True)
class Deaths:
    happened: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)  # nothing there to kill


def schedule(dice: random.Random, plan: Plan) -> list[Death]:
    """Spread over the work. A run long enough has each way of dying at least once."""
    number = plan.deaths
    ways = [way for way in WAYS if plan.clock or way.what != "clock"]
    drawn = ways[:number] + dice.choices(ways, [WAYS[way] for way in ways], k=max(number - len(ways), 0))
    dice.shuffle(drawn)
    # One in each of `number` equal parts of the work, anywhere in it.
    shares = [(at + dice.random()) / number * 0.95 + 0.02 for at in range(number)]
    return [Death(way, share, dice.uniform(0, 0.1)) for way, share in zip(drawn, shares, strict=True)]


async def carry_out(deaths: Sequence[Death], house: House, progress: Callable[[], float], done: Deaths) -> None:
    """One after the other. In each half of the work one web and one worker are spared, so that some live long
    enough to tell whether their memory grows.
    """
    for death in deaths:
        await until(lambda death=death: progress() >= death.at, "the work before a death", patience=600, pause=0.1)  # type: ignore[misc]
        await asyncio.sleep(death.later)
        try:
            await until(partial(_dies, death, house), f"a living {death.way.what}", patience=30, pause=0.05)
        except NeverCame:
            done.missed[death.way.name] += 1
        else:
            house.timeline.note(death.way.name)
            done.happened[death.way.name] += 1


def _dies(death: Death, house: House) -> bool:
    what, number = death.way.what, death.way.signal
    if what == "postgres":
        return house.server.signal_postmaster(number)
    if what == "guardian":
        return house.server.signal_guardian(number)
    several = house.processes(what)
    return several[0 if death.at < 0.5 else -1].signal(number)
