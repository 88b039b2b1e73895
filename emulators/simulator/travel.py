"""The desk's time on the page: what it is there, and jumps ahead."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from emulators.simulator.phones import Json


@dataclass(frozen=True, slots=True)
class TimeTravel:
    """`ahead`: by how much the desk's time is before the world's.

    `go` gets the key of an option, and says where it led. Raises CannotChoose.
    """

    options: Mapping[str, str]  # keys, and what they are called
    ahead: Callable[[], timedelta]
    go: Callable[[str], Awaitable[str]]

    async def deed(self, body: Json) -> Json:
        """As the page calls it. Raises KeyError: there is no such option."""
        key = str(body["option"])
        return {"said": await self.go(key)} if key in self.options else _no(key)


def _no(key: str) -> Json:
    raise KeyError(key)
