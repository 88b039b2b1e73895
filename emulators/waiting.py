"""Waiting for what nothing announces to us: the work of another process, or what comes of it at a provider.

For whoever stands around the emulators: tests, benchmarks and chaos.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

T = TypeVar("T")


class NeverCame(AssertionError):
    """What was waited for did not happen."""


@overload
async def until(
    check: Callable[[], Awaitable[T | None]], what: str, *, patience: float = ..., pause: float = ...
) -> T: ...
@overload
async def until(check: Callable[[], T | None], what: str, *, patience: float = ..., pause: float = ...) -> T: ...
async def until(check: Callable[[], object], what: str, *, patience: float = 20.0, pause: float = 0.01) -> object:
    """Wait until `check` says yes, and return what it says. It is asked once more when the time is over.

    `patience` and the `pause` between two looks are seconds. Raises NeverCame, naming `what` was waited for.
    """
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        late = asyncio.get_running_loop().time() > deadline
        answer = check()
        value: object = await answer if isinstance(answer, Awaitable) else answer
        if value:
            return value
        if late:
            raise NeverCame(f"waited {patience:.0f} s for {what}")
        await asyncio.sleep(pause)
