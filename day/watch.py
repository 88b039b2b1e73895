"""What is counted while the day goes on: clicks, seconds, and a picture of each chapter's end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Chapter:
    """One thing that happened. `seconds` from the first move to the last effect seen where people would see it."""

    title: str
    clicks: int = 0
    seconds: float = 0.0
    told: list[str] = field(default_factory=list)
    failed: list[Path] = field(default_factory=list)  # pictures of every screen, when its effect did not come

    def say(self, words: str) -> None:
        self.told.append(words)


@dataclass(frozen=True, slots=True)
class Promise:
    """An interaction that must feel perfect, measured. Clicks are a promise; seconds depend on the machine too."""

    what: str
    took: str
    kept: bool
    slow: bool


class Watch:
    """Counts for the chapter that is being played; screens click through it."""

    def __init__(self) -> None:
        self.chapters: list[Chapter] = []
        self.promises: list[Promise] = []
        self.clicks = 0

    @contextmanager
    def chapter(self, title: str) -> Iterator[Chapter]:
        chapter = Chapter(title)
        self.chapters.append(chapter)
        before, began = self.clicks, time.perf_counter()
        try:
            yield chapter
        finally:
            chapter.clicks, chapter.seconds = self.clicks - before, time.perf_counter() - began

    def clicked(self, times: int = 1) -> None:
        self.clicks += times

    def promise(self, what: str, took: str, *, kept: bool, slow: bool = False) -> None:
        self.promises.append(Promise(what, took, kept, slow))
