"""One whole run: the storm, the calm after it, the balance."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ai.offline import OfflineBrain
from app.settings import HOME
from chaos import deaths, lines, memory
from chaos.acts.everyday import EVERYDAY, WHOLE_WORKPLACE
from chaos.board import Board
from chaos.books import Books, balance
from chaos.books.ledger import read
from chaos.deaths import Deaths
from chaos.house import House, housed
from chaos.memory import Memory
from chaos.office import Office
from chaos.plan import Plan
from chaos.quiet import quiet, undisturbed, work
from chaos.town import RETURNING, Kind, Town, town
from chaos.weather import calm, failed, trouble
from chaos.writing import everybody_writes
from emulators.waiting import NeverCame, until


@dataclass(frozen=True, slots=True)
class Latencies:
    """Seconds. From the first attempt to write to the acknowledgement, and to the card."""

    accepted: Sequence[float]
    to_card: Sequence[float]


@dataclass(frozen=True, slots=True)
class Outcome:
    plan: Plan
    seconds: float  # of the storm
    until_quiet: float  # seconds after it
    died: Deaths
    failed: Counter[str]  # what the providers did wrong, by kind
    restarts: Counter[str]  # lives of each process
    unexpected: Sequence[str]  # processes that ended though nobody killed them
    books: Books
    storm: Latencies
    calm: Latencies
    memory: Sequence[Memory]
    stood_still: float  # seconds; the longest time in which the emulators answered nobody
    said: str  # the end of the logs

    @property
    def right(self) -> bool:
        return not self.books.wrong and all(each.flat for each in self.memory)


@dataclass(slots=True)
class Progress:
    """How far a run is, for whoever watches."""

    stage: str = "starting"
    written: int = 0
    planned: int = 0
    cards: int = 0
    acts: int = 0
    deaths: int = 0


Watch = Callable[[Progress], None]


async def run(plan: Plan, folder: Path, watch: Watch = lambda _: None) -> Outcome:
    """Raises NeverCame where it cannot even begin."""
    dice = random.Random(plan.seed)
    only = RETURNING if plan.returns else frozenset(Kind)
    people, after = town(dice, plan.messages, plan.seconds, only=only), random.Random(plan.seed + 1)
    later = town(after, plan.after, plan.after / min(plan.rate, 5.0), first=len(people.citizens), only=only)
    await asyncio.to_thread(OfflineBrain.train, cache=HOME / "var" / "cache")  # so that the workers find it
    async with housed(folder, plan, [*people.citizens, *later.citizens]) as house:
        await read(house.dsn)  # what cannot be read is found now, not at the end
        every = min(memory.EVERY, plan.seconds / 10)
        async with _beside(memory.watch(house.kept, every=every)), _beside(house.timeline.watch_stalls()):
            progress, died = Progress(planned=people.planned), Deaths()
            board = Board(house.channels, people)
            office = Office(house, board, dice, WHOLE_WORKPLACE if plan.office else EVERYDAY)
            began = time.monotonic()
            await _storm(plan, house, people, office, died, progress, watch)
            seconds = time.monotonic() - began
            progress.stage = "waiting until it is quiet"
            house.timeline.note(progress.stage)
            watch(progress)
            await quiet(house)
            until_quiet = time.monotonic() - began - seconds
            progress.stage = "calm"
            house.timeline.note(progress.stage)
            watch(progress)
            stop = asyncio.Event()
            stop.set()
            await everybody_writes(later, house.phones, seed=plan.seed, stop=stop)
            await quiet(house)
        office.hear()
        progress.stage = "balancing"
        watch(progress)

        async def draw() -> Books:
            return await balance(house, [people, later], office.deeds, removed=office.removed)

        async def settle() -> None:
            house.timeline.note("something came while the books were balanced")
            await quiet(house)

        memory.write_samples(house.logs / "memory.jsonl", house.kept)
        books = await undisturbed(draw, partial(work, house.dsn), settle)
        return Outcome(
            plan,
            seconds,
            until_quiet,
            died,
            failed(house),
            Counter({each.name: len(each.lives) for each in house.kept}),
            _unexpected(house),
            books,
            _latencies(people, house, office.removed.values()),
            _latencies(later, house),
            memory.longest_lives(house.kept),
            house.timeline.longest_stall,
            house.said(),
        )


async def _storm(
    plan: Plan, house: House, people: Town, office: Office, died: Deaths, progress: Progress, watch: Watch
) -> None:
    """Returns when everybody has written, colleagues have done their share, and all has died that was to die."""
    stop = asyncio.Event()  # nobody begins anything any more, nor waits for anything
    acts = round(plan.messages * plan.acts)

    def done() -> float:
        office.board.look()
        progress.stage, progress.written, progress.cards = "storm", people.done, len(office.board.tickets)
        progress.acts, progress.deaths = len(office.deeds), died.happened.total()
        watch(progress)
        parts = (
            people.done / people.planned,
            min(progress.cards / people.tickets, 1.0),
            *([min(progress.acts / acts, 1.0)] if acts else []),
        )
        return sum(parts) / len(parts)

    trouble(house, plan)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(everybody_writes(people, house.phones, seed=plan.seed, stop=stop))
            if acts:
                group.create_task(office.work(every=1 / (plan.rate * plan.acts), stop=stop))
            if plan.sockets:
                group.create_task(lines.take_turns(house.slack, random.Random(plan.seed), house.timeline, stop))
            await deaths.carry_out(deaths.schedule(random.Random(plan.seed), plan), house, done, died)
            with contextlib.suppress(NeverCame):
                everything = 600 + 2 * plan.seconds
                await until(
                    lambda: done() == 1 or _all_written(people), "every message", patience=everything, pause=0.1
                )
                await until(lambda: done() > 0.99, "the last cards and acts", patience=60, pause=0.1)
            stop.set()
    finally:
        calm(house)


def _all_written(people: Town) -> bool:
    return people.done >= people.planned


def _unexpected(house: House) -> list[str]:
    return [
        f"{each.name} ended with {life.code}"
        for each in house.kept
        for life in each.lives
        if life.code is not None and not life.killed
    ]


def _latencies(people: Town, house: House, deleted: Collection[str] = ()) -> Latencies:
    """`deleted`: tickets whose first card is not there any more, so that nobody knows when it came."""
    accepted = [t.acknowledged_at - t.begun_at for _, t in people.written() if t.acknowledged_at and t.begun_at]
    board = Board(house.channels, people)
    board.look()
    to_card = []
    for ticket, citizen in board.owner.items():
        first = citizen.messages[0].begun_at
        if first is not None and ticket not in deleted and citizen.kind in (Kind.ONE_ISSUE, Kind.STUTTERS):
            to_card.append(float(board.cards[ticket]) - first)
    return Latencies(sorted(accepted), sorted(to_card))


@asynccontextmanager
async def _beside(work: object) -> AsyncIterator[None]:
    """While the block runs."""
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
