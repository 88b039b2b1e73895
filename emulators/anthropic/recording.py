"""What was asked of the API and what it answered, in order."""

from dataclasses import dataclass
from typing import Any

from emulators.anthropic.faults import Fault

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    operation: str  # "messages.create", "messages.count_tokens", "models.list", "models.retrieve", "unknown"
    body: Json  # what was asked; empty without one
    status: int | None  # None: there was no answer
    answer: Json | None  # the message or the error, whole even where the stream was cut
    fault: Fault | None
    request_id: str

    def as_json(self) -> Json:
        return {
            "operation": self.operation,
            "body": self.body,
            "status": self.status,
            "answer": self.answer,
            "fault": self.fault.kind if self.fault else None,
            "request_id": self.request_id,
        }
