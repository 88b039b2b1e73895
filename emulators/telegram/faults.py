"""Faults of the Bot API: those of any API (`emulators/faults.py`), and Telegram's own ways to refuse.

`api.py` makes them happen. An operation is a method's name (`sendMessage`, `getUpdates`, …), or `download` of a file.

| kind | what the caller gets | carried out |
|---|---|---|
| too_many_requests | 429 with `retry_after` | no |
| internal_error | 500 with Telegram's JSON | no |
| server_error | 503 with a proxy's page instead of JSON | no |
| gateway_error | 502 with a proxy's page instead of JSON | yes |

These stand for a state of the chat, the bot or the file, so chance never draws them; they are laid out by name:

| kind | what the caller gets | carried out |
|---|---|---|
| forbidden | 403: the customer blocked the bot | no |
| conflict | 409: somebody else asks for updates | no |
| migrated | 400 with `migrate_to_chat_id`, -1001234567890 unless the fault says otherwise | no |
| unauthorized | 401: no such token | no |
| file_gone | 400 for getFile, 404 for a download: Telegram has it no more, or its link has run out | no |

A download knows `slow` (it begins late; with `pace` each piece comes late too), `reset`, `cut_answer` (in the middle),
`reply_lost` and `truncated` (half of it, and the answer says that this was all).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from emulators.faults import CallFault, CallFaults
from emulators.telegram import refusals
from emulators.telegram.refusals import Refusal

DOWNLOAD = "download"
_NAMES = {
    401: "unauthorized",
    403: "forbidden",
    404: "file_gone",
    409: "conflict",
    429: "too_many_requests",
    500: "internal_error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(CallFault):
    """What happens to one call. `delay` passes between carrying it out and answering."""

    status: int | None = None  # refused with this status
    description: str | None = None  # in these words; likely ones when None
    migrate_to: int | None = None  # a 400 that names this chat
    pace: float = 0.0  # seconds between two pieces of a download
    html: bool = False  # refused with a proxy's HTML page in place of JSON; 502 unless `status` says otherwise

    def answer(self) -> Refusal | None:
        """What Telegram, or a proxy before it, answers in place of carrying it out."""
        if self.migrate_to is not None:
            return refusals.migrated(self.migrate_to)
        status = self.status or (502 if self.html else None)
        if status is None:
            return None
        if status == 429:
            return refusals.too_many(1 if self.retry_after is None else self.retry_after)
        words = self.description or _LIKELY.get(status, refusals.INTERNAL).description
        return Refusal(status, words)

    @property
    def refusal(self) -> str | None:
        answer = self.answer()
        if answer is None:
            return None
        if self.html:
            return "gateway_error" if self.done else "server_error"
        if self.migrate_to is not None:
            return "migrated"
        if answer == refusals.FILE_GONE:
            return "file_gone"
        return _NAMES.get(answer.code, str(answer.code))


_LIKELY: Mapping[int, Refusal] = {
    400: refusals.bad("scripted fault"),
    401: refusals.UNAUTHORIZED,
    403: refusals.BLOCKED,
    404: refusals.NOT_FOUND,
    409: refusals.CONFLICT_POLL,
}
MENU: Mapping[str, Fault] = {
    "slow": Fault(delay=0.1),
    "reply_lost": Fault(drop_reply=True),
    "reset": Fault(reset=True),
    "reset_after": Fault(reset_after=True),
    "cut_answer": Fault(cut_answer=True),
    "truncated": Fault(truncated=True),
    "too_many_requests": Fault(status=429, retry_after=1),
    "internal_error": Fault(status=500),
    "server_error": Fault(status=503, html=True),
    "gateway_error": Fault(html=True, done=True),
}
STATES: Mapping[str, Fault] = {
    "forbidden": Fault(status=403),
    "conflict": Fault(status=409),
    "migrated": Fault(migrate_to=-1001234567890),
    "unauthorized": Fault(status=401),
}


class Faults(CallFaults[Fault]):
    """The script of one bot, by operation, and the dice."""

    def __init__(self) -> None:
        super().__init__(Fault, MENU)

    def add(self, operation: str, fault: Fault | str, *, times: int = 1) -> None:
        """The same with a fault, or with the name of one of either table."""
        if fault == "file_gone":
            gone = Fault(status=400, description=refusals.FILE_GONE.description)
            fault = Fault(status=404) if operation == DOWNLOAD else gone
        super().add(operation, STATES.get(fault, fault) if isinstance(fault, str) else fault, times=times)
