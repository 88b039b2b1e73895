"""What a person's deed leaves behind: the request that was sent, the app's answer, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulators.slack.channels import Json
from emulators.slack.delivery import Attempt, Delivery


@dataclass(frozen=True, slots=True)
class Interaction:
    """A press, a submission, a command or a shortcut, and how the app took it.

    `outcome`: acknowledged | failed, and for a submission closed | cleared | errors | updated | pushed | failed.
    """

    payload: Json
    attempt: Attempt
    outcome: str
    errors: Mapping[str, str] = field(default_factory=dict)
    view: Json | None = None  # the view on screen after a submission

    @property
    def status(self) -> int | None:
        return self.attempt.status

    @property
    def body(self) -> Any:
        return self.attempt.body

    @property
    def seconds(self) -> float:
        return self.attempt.seconds

    @property
    def trigger_id(self) -> str:
        return str(self.payload.get("trigger_id", ""))


@dataclass(frozen=True, slots=True)
class Said:
    """A message that a person wrote, changed or deleted. `delivery` None: no app was to hear of it."""

    message: Json
    delivery: Delivery | None
    mention: Delivery | None = None
    links: Delivery | None = None  # of those to the app's domains

    @property
    def ts(self) -> str:
        return str(self.message["ts"])
