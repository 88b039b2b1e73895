"""Waiting for effects, and the one error of the demo: an effect did not come."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

T = TypeVar("T")

_LOOK_EVERY = 0.02  # seconds


class DemoFailed(Exception):
    """The demo cannot go on: what was expected, and what to do about it."""

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo


@overload
async def until(check: Callable[[], Awaitable[T | None]], what: str, *, patience: float = ...) -> T: ...
@overload
async def until(check: Callable[[], T | None], what: str, *, patience: float = ...) -> T: ...
async def until(check: Callable[[], object], what: str, *, patience: float = 20.0) -> object:
    """Wait until `check` says yes, and return what it says. Raises DemoFailed after `patience` seconds."""
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        answer = check()
        value: object = await answer if isinstance(answer, Awaitable) else answer
        if value:
            return value
        if asyncio.get_running_loop().time() > deadline:
            raise DemoFailed(f"Waited {patience:.0f} s for {what}.")
        await asyncio.sleep(_LOOK_EVERY)


def expect(truth: object, what: str) -> None:
    """Raises DemoFailed unless it is so."""
    if not truth:
        raise DemoFailed(f"This was expected, and is not so: {what}.")
