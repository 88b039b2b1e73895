"""Faults of Twilio's API: those of any API (`emulators/faults.py`), and Twilio's own ways to refuse.

`api.py` makes them happen.

| kind | what the caller gets | carried out |
|---|---|---|
| too_many_requests | 429 with Retry-After, code 20429 | no |
| internal_error | 500 with code 20500 | no |
| server_error | 503 with a proxy's page instead of JSON | no |
| gateway_error | 502 with a proxy's page instead of JSON | yes |
"""

from collections.abc import Mapping
from dataclasses import dataclass

from emulators.faults import CallFault, CallFaults
from emulators.twilio.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(CallFault):
    """What happens to one call. `delay` passes between carrying it out and answering."""

    status: int | None = None  # refused with this status
    code: int | None = None  # Twilio's error code; a likely one is chosen when None
    message: str = "Scripted fault"
    html: bool = False  # refused with a proxy's HTML page in place of JSON; 502 unless `status` says otherwise

    def answer(self) -> Refusal | None:
        """What Twilio, or a proxy before it, answers in place of carrying it out."""
        status = self.status or (502 if self.html else None)
        if status is None:
            return None
        code = self.code or {401: 20003, 404: 20404, 429: 20429}.get(status, 20500)
        return Refusal(code, status, self.message, self.retry_after)

    @property
    def refusal(self) -> str | None:
        answer = self.answer()
        if answer is None:
            return None
        if self.html:
            return "gateway_error" if self.done else "server_error"
        return {20429: "too_many_requests", 20500: "internal_error"}.get(answer.code, str(answer.code))


MENU: Mapping[str, Fault] = {
    "slow": Fault(delay=0.1),
    "reply_lost": Fault(drop_reply=True),
    "reset": Fault(reset=True),
    "reset_after": Fault(reset_after=True),
    "cut_answer": Fault(cut_answer=True),
    "truncated": Fault(truncated=True),
    "too_many_requests": Fault(status=429, message="Too Many Requests", retry_after=1),
    "internal_error": Fault(status=500, message="Internal Server Error"),
    "server_error": Fault(status=503, html=True),
    "gateway_error": Fault(html=True, done=True),
}


class Faults(CallFaults[Fault]):
    """The script of one account, by operation (`messages.create`, `messages.list`, …), and the dice."""

    def __init__(self) -> None:
        super().__init__(Fault, MENU)
