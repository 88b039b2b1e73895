"""What dies between any two of its steps: a fate that counts them, and a unit of work that may die at each."""

from types import TracebackType
from typing import Any, Self

from storage.unit_of_work import SqlUnitOfWork
from tests.storage.desk import DeskAtWork

# All that there are: whoever adds one need not think of it here.
PORTS = tuple(name for name in SqlUnitOfWork.__annotations__ if not name.startswith("_"))


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs in this process."""


class Fate:
    """Kills after so many steps."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1


class Mortal:
    """One of a unit of work's ports; each call is a step."""

    def __init__(self, port: object, fate: Fate) -> None:
        self._port, self._fate = port, fate

    def __getattr__(self, name: str) -> Any:
        self._fate.step()
        return getattr(self._port, name)


class MortalWork(SqlUnitOfWork):
    """Committing is a step, and so is what comes after it."""

    def __init__(self, desk: DeskAtWork, fate: Fate) -> None:
        super().__init__(desk.database, desk.route, desk.playbooks)
        self._fate = fate

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        for port in PORTS:
            setattr(self, port, Mortal(getattr(self, port), self._fate))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._fate.step()
        except Killed as killed:
            await super().__aexit__(Killed, killed, None)
            raise
        await super().__aexit__(kind, error, trace)
        if kind is None:
            self._fate.step()
