"""Work that many ask for at once, done together: whoever comes while a round runs shares the next one.

Nobody waits for company: who finds no round running starts one alone. See docs/decisions/0009.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class SharedRounds(Generic[Item, Answer]):
    """`work` does one round: it takes at most `most` items and gives an answer for each, in their order."""

    def __init__(self, work: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]], *, most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._running: asyncio.Task[None] | None = None

    async def do(self, item: Item) -> Answer:
        """The answer for this item. Raises what its round raised, as does everybody who waited meanwhile."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await answer

    async def finish(self) -> None:
        """Returns once nobody waits any more."""
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        # Nothing is awaited between the last look at who waits and the end: whoever comes later starts a new run.
        while self._waiting:
            now, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                answers = await self._work([item for item, _ in now])
            except (
                Exception
            ) as error:  # whatever it is, those who wait have to hear it, and not one round after another
                told, self._waiting = now + self._waiting, []
                for _, answer in told:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), given in zip(now, answers, strict=True):
                if not answer.done():  # who asked may have gone
                    answer.set_result(given)
