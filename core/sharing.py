"""Work that many ask for at once, done together: whoever comes while a round runs shares the next one.

Nobody waits for company: who finds no round running starts one alone. See docs/decisions/0009.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

Tool = TypeVar("Tool")
Item = TypeVar("Item")
Answer = TypeVar("Answer")


class SharedRounds(Generic[Tool, Item, Answer]):
    """`work` does one round: it takes at most `most` items and gives an answer for each, in their order.

    It does so with what `borrow` lends, a connection say, which is kept from round to round while there is work.
    """

    def __init__(
        self,
        borrow: Callable[[], AbstractAsyncContextManager[Tool]],
        work: Callable[[Tool, Sequence[Item]], Awaitable[Sequence[Answer]]],
        *,
        most: int,
    ) -> None:
        self._borrow = borrow
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
        while self._running is not None and not self._running.done():
            await asyncio.wait((self._running,))  # whoever is tired of waiting here does not cancel the round

    async def _run(self) -> None:
        # Nothing is awaited between the last look at who waits and the end: whoever comes later starts a new run.
        while self._waiting:
            try:
                async with self._borrow() as tool:
                    while self._waiting:
                        await self._round(tool)
            except Exception as error:  # everybody who waits has to hear it, and not one round after another
                told, self._waiting = self._waiting, []
                _tell(told, error)

    async def _round(self, tool: Tool) -> None:
        now, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            answers = await self._work(tool, [item for item, _ in now])
            for (_, answer), given in zip(now, answers, strict=True):
                if not answer.done():  # who asked may have gone
                    answer.set_result(given)
        except Exception as error:
            _tell(now, error)
            raise


def _tell(waiting: Sequence[tuple[Item, asyncio.Future[Answer]]], error: Exception) -> None:
    for _, answer in waiting:
        if not answer.done():
            answer.set_exception(error)
