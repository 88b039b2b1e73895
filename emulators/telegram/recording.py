"""What was asked of the API and what it answered, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulators.telegram.faults import Fault
from emulators.telegram.setup import Json


@dataclass(frozen=True, slots=True)
class Call:
    operation: str  # "sendMessage", …; "download"; "unknown"
    params: Mapping[str, Any]  # as they came: of a form, text; a file as its name, type and size
    at: datetime
    status: int | None  # None: the connection was closed without an answer
    answer: Json | None  # None too for a file that was downloaded
    fault: Fault | None = None
    carried_out: bool = True  # whatever the caller was told

    def as_json(self) -> Json:
        return {
            "operation": self.operation,
            "params": dict(self.params),
            "at": self.at.isoformat(),
            "status": self.status,
            "answer": self.answer,
            "faulted": self.fault is not None,
            "fault": None if self.fault is None else self.fault.kind,
            "carried_out": self.carried_out,
        }
