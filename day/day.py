"""The day itself: who is there, and what is counted and photographed of each chapter."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.demo.stage import Stage
from day.failing import pictures
from day.screens import Agent, Phone, Screen
from day.watch import Chapter, Watch

CHANNEL = "support"


@dataclass(slots=True)
class Day:
    """Clara, Tom, Nora, Paul, on Telegram Lena, by mail Dana and Uwe write; Mia and Ben work, Sara supervises.

    `pictures`: a folder.
    """

    stage: Stage
    watch: Watch
    phone: Phone
    mia: Agent
    ben: Agent
    sara: Agent
    pictures: Path
    holder: Agent | None = None  # who won the race for Clara's ticket

    @asynccontextmanager
    async def chapter(self, title: str, *, seen_by: "Agent | Phone | None" = None) -> AsyncIterator[Chapter]:
        """Counts, and takes a picture at the end; of every screen, when something went wrong."""
        number = len(self.watch.chapters) + 1
        with self.watch.chapter(title) as chapter:
            try:
                yield chapter
            except Exception:
                screens = {"phone": self.phone, "mia": self.mia, "ben": self.ben, "sara": self.sara}
                chapter.failed = await pictures(screens, self.pictures, number)
                raise
            await (seen_by or self.mia).picture(self.pictures / f"{number:02}-{_file_name(title)}.png")

    async def picture(self, of: Screen, what: str) -> None:
        """One more of this chapter, from the middle of it."""
        await of.picture(self.pictures / f"{len(self.watch.chapters):02}-({_file_name(what)}).png")

    async def customer(self, name: str) -> None:
        """Who writes now: on the phone, and beside Slack in the others' windows, so that pictures show it."""
        beside = [Phone(agent.page, self.watch) for agent in (self.mia, self.ben, self.sara)]
        for window in (self.phone, *beside):
            await window.take(name)

    def other(self, agent: Agent) -> Agent:
        return self.ben if agent is self.mia else self.mia

    @property
    def at_work(self) -> Agent:
        assert self.holder is not None, "nobody has claimed Clara's ticket"
        return self.holder


def _file_name(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60]
