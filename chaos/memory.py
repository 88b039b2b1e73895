"""Whether memory grows: resident MB of each process, sampled while it lives, judged on those that lived long.

A process grows while it warms up: imports, caches, pools, the first of everything. So of each life the first third is
left out (at least 20 and at most 90 seconds), and the median of the first fifth of the rest is compared with the median
of its last fifth. Medians, because a garbage collection more or less is no growth. Lives with less than a minute after
their warm-up say nothing and are not judged.
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from chaos.processes import Kept, Life

MOST_GROWTH = 0.10
LEAST_JUDGED = 60.0  # seconds after the warm-up
EVERY = 5.0


@dataclass(frozen=True, slots=True)
class Memory:
    """What one life of a process needed. MB and seconds."""

    name: str
    lived: float
    start: float
    end: float
    most: float
    judged: bool

    @property
    def growth(self) -> float:
        return self.end / self.start - 1

    @property
    def flat(self) -> bool:
        return not self.judged or abs(self.growth) <= MOST_GROWTH


async def watch(kept: Sequence[Kept], *, every: float = EVERY) -> None:
    """Sample until cancelled."""
    while True:
        for each in kept:
            each.sample()
        await asyncio.sleep(every)


def write_samples(path: Path, kept: Iterable[Kept]) -> None:
    """Each life of each process as a line of JSON: when it began (seconds of one clock), its [seconds, MB]."""
    with path.open("w") as file:
        for life in sorted((life for each in kept for life in each.lives), key=lambda life: life.began):
            samples = [[round(at, 1), round(resident, 1)] for at, resident in life.samples]
            line = {"process": life.name, "began": round(life.began, 1), "code": life.code, "samples": samples}
            file.write(json.dumps(line) + "\n")


def longest_lives(kept: Iterable[Kept]) -> list[Memory]:
    """Of each process the life that was watched longest."""
    lives = (max(each.lives, key=lambda life: len(life.samples), default=None) for each in kept)
    found = (measured(life) for life in lives if life is not None)
    return [each for each in found if each is not None]


def measured(life: Life) -> Memory | None:
    """None: it was hardly ever seen."""
    if len(life.samples) < 2:
        return None
    lived = life.samples[-1][0]
    warm = min(max(lived / 3, 20.0), 90.0)
    rest = [resident for at, resident in life.samples if at >= warm] or [life.samples[-1][1]]
    fifth = max(len(rest) // 5, 1)
    judged = lived - warm >= LEAST_JUDGED
    return Memory(
        life.name, lived, median(rest[:fifth]), median(rest[-fifth:]), max(m for _, m in life.samples), judged
    )
