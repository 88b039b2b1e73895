"""What was asked of the API and what it answered, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulators.twilio.faults import Fault


@dataclass(frozen=True, slots=True)
class Call:
    operation: str  # "messages.create", "media.fetch", …, as in `api.py`; "unknown"
    method: str
    path: str
    params: Mapping[str, Any]  # of the form or the query (of a repeated key the last value), or the JSON
    at: datetime
    status: int | None  # None: the connection was closed without an answer
    answer: Mapping[str, Any] | None
    fault: Fault | None = None
    carried_out: bool = True  # whatever the caller was told

    def as_json(self) -> dict[str, Any]:
        return {
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "params": dict(self.params),
            "at": self.at.isoformat(),
            "status": self.status,
            "answer": self.answer,
            "faulted": self.fault is not None,
            "fault": None if self.fault is None else self.fault.kind,
            "carried_out": self.carried_out,
        }
