"""Faults by script: what goes wrong with the next call of an operation. Consumed one per call, oldest first."""

from collections import defaultdict, deque
from dataclasses import dataclass

from emulators.twilio.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to go wrong. Without `status` or `html` the call is carried out as usual."""

    status: int | None = None  # refuse with this status and do nothing
    code: int | None = None  # Twilio's error code; a likely one is chosen when None
    message: str = "Scripted fault"
    retry_after: int | None = None  # seconds, sent as a header
    html: bool = False  # refuse with a proxy's HTML page in place of JSON; 502 unless `status` says otherwise
    delay: float = 0.0  # seconds between carrying the call out and answering
    drop_reply: bool = False  # carry it out, then close the connection without an answer
    reset: bool = False  # reset the connection before anything was done

    def refusal(self) -> Refusal | None:
        status = self.status or (502 if self.html else None)
        if status is None:
            return None
        code = self.code or {401: 20003, 404: 20404, 429: 20429}.get(status, 20500)
        return Refusal(code, status, self.message, self.retry_after)


class Faults:
    """The script of one account, by operation (`messages.create`, `messages.list`, …)."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def next(
        self,
        operation: str,
        *,
        times: int = 1,
        status: int | None = None,
        code: int | None = None,
        message: str = "Scripted fault",
        retry_after: int | None = None,
        html: bool = False,
        delay: float = 0.0,
        drop_reply: bool = False,
        reset: bool = False,
    ) -> None:
        """Let the next `times` calls of `operation` go wrong in this way; see `Fault`."""
        fault = Fault(status, code, message, retry_after, html, delay, drop_reply, reset)
        self._waiting[operation].extend([fault] * times)

    def take(self, operation: str) -> Fault | None:
        waiting = self._waiting.get(operation)
        return waiting.popleft() if waiting else None

    def clear(self) -> None:
        self._waiting.clear()
