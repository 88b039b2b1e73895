"""Faults of the Web API: those of any API (`emulators/faults.py`), and Slack's own ways to refuse.

`web.py` makes them happen.

| kind | what the caller gets | carried out |
|---|---|---|
| too_many_requests | 429 with Retry-After | no |
| server_error | 503 with a page instead of JSON | no |
| gateway_error | 502 with a page instead of JSON | yes |
| internal_error | 200 `{"ok": false, "error": "internal_error"}` | no |
| fatal_error | 200 `{"ok": false, "error": "fatal_error"}` | yes: Slack says that part of it may have happened |
| ratelimited | 200 `{"ok": false, "error": "ratelimited"}` with Retry-After | no |
"""

from collections.abc import Mapping
from dataclasses import dataclass

from emulators.faults import CallFault, CallFaults


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(CallFault):
    """What happens to one call."""

    status: int | None = None  # answered with this HTTP status; 429 as a rate limit, others as an HTML page
    error: str | None = None  # answered 200 {"ok": false, "error": …}

    @property
    def refusal(self) -> str | None:
        if self.status is None:
            return self.error
        return "too_many_requests" if self.status == 429 else "gateway_error" if self.done else "server_error"


MENU: Mapping[str, Fault] = {
    "slow": Fault(delay=0.1),
    "reply_lost": Fault(drop_reply=True),
    "reset": Fault(reset=True),
    "reset_after": Fault(reset_after=True),
    "cut_answer": Fault(cut_answer=True),
    "truncated": Fault(truncated=True),
    "too_many_requests": Fault(status=429, retry_after=1),
    "server_error": Fault(status=503),
    "gateway_error": Fault(status=502, done=True),
    "internal_error": Fault(error="internal_error"),
    "fatal_error": Fault(error="fatal_error", done=True),
    "ratelimited": Fault(error="ratelimited", retry_after=1),
}


class Faults(CallFaults[Fault]):
    """The script of one workspace, by method, and the dice."""

    def __init__(self) -> None:
        super().__init__(Fault, MENU)
