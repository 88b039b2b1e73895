"""What the record needs from storage."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ticketing.activity.record import Entry, Record, Stream
from ticketing.sla.service_level import ServiceLevel


class Activity(Protocol):
    async def entries(self, stream: Stream) -> Sequence[Entry]:
        """The whole of it, in order."""
        ...

    async def append_all(self, records: Mapping[Stream, Sequence[Record]]) -> None:
        """To many streams that have begun, in as few statements as for one."""
        ...

    async def append(
        self, stream: Stream, records: Sequence[Record], *, new: bool = False, clocks: ServiceLevel | None = None
    ) -> None:
        """Continue the stream's chain. `new`: the caller has just created what the stream is about.

        `clocks`: those of the ticket that the stream is about, where the records change them; they are saved as well.
        """
        ...

    async def says(self, stream: Stream, kind: str, after: Mapping[str, str]) -> bool:
        """Whether a record of this kind in the stream says this, among other things. Reads the stream."""
        ...
