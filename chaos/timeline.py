"""What happened when: deaths, starts, and moments in which we ourselves stood still. For whoever reads the logs later.

The emulated providers live in this process. While it stands still (the machine gave it no time, or something in it
took long) they answer nobody, as if both providers were away at once.
"""

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from emulators.slack import Call

_PULSE = 0.1
_STALL = 0.5  # seconds; shorter ones are nothing


@dataclass(slots=True)
class Timeline:
    """One file, a line for each thing that happened: when (UTC, as in all logs), what."""

    path: Path
    longest_stall: float = 0.0  # seconds

    def note(self, what: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self.path.open("a") as file:
            file.write(f"{now} {what}\n")

    async def watch_stalls(self) -> None:
        """Until cancelled."""
        while True:
            began, clock = time.monotonic(), time.time()
            await asyncio.sleep(_PULSE)
            late = time.monotonic() - began - _PULSE
            if late > _STALL:
                self.longest_stall = max(self.longest_stall, late)
                self.note(f"stood still for {late:.1f} s")
            if abs(jump := time.time() - clock - late - _PULSE) > _STALL:
                self.note(f"the wall clock jumped by {jump:+.1f} s")


def write_posts(path: Path, calls: Iterable[Call]) -> None:
    """Each post that Slack was asked for, as a line of JSON: when, what it marks, what became of it."""
    with path.open("w") as file:
        for call in calls:
            if call.method != "chat.postMessage":
                continue
            line = {
                "at": datetime.fromtimestamp(call.at, UTC).isoformat(timespec="milliseconds"),
                "mark": call.arguments.get("metadata"),
                "thread": call.arguments.get("thread_ts"),
                "carried_out": call.carried_out,
                "abandoned": call.abandoned,
                "fault": call.fault,
                "status": call.status,
                "ts": call.answer.get("ts"),
            }
            file.write(json.dumps(line) + "\n")
