"""Faults: what goes wrong with calls of the API, by script or by a seeded chance.

A scripted entry is consumed by one call of its operation, oldest first; chance meets any call. This module says what
shall happen; `api.py` makes it happen, and each `Call` says whether it was carried out.

| kind | what the caller gets | carried out |
|---|---|---|
| slow | the answer, late | yes |
| reply_lost | the connection ends without an answer | yes |
| reset | the connection is reset | no |
| reset_after | the connection is reset | yes |
| cut_answer | half of the answer, then a reset | yes |
| truncated | a whole HTTP answer with half of its JSON | yes |
| too_many_requests | 429 with Retry-After, code 20429 | no |
| internal_error | 500 with code 20500 | no |
| server_error | 503 with a proxy's page instead of JSON | no |
| gateway_error | 502 with a proxy's page instead of JSON | yes |
"""

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from emulators.chance import Chance
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
    reset_after: bool = False  # carry it out, then reset the connection
    cut_answer: bool = False  # carry it out, then reset the connection in the middle of the answer
    truncated: bool = False  # carry it out, and answer with half of the JSON
    done: bool = False  # with `status` or `html`: refuse, although it was carried out

    def refusal(self) -> Refusal | None:
        status = self.status or (502 if self.html else None)
        if status is None:
            return None
        code = self.code or {401: 20003, 404: 20404, 429: 20429}.get(status, 20500)
        return Refusal(code, status, self.message, self.retry_after)

    @property
    def refuses(self) -> bool:
        """Does it keep the call from being carried out?"""
        return self.reset or (self.refusal() is not None and not self.done)

    @property
    def kind(self) -> str:
        """Its name on the menu; another refusal is named by its code."""
        for trait in ("reset", "reset_after", "cut_answer", "truncated"):
            if getattr(self, trait):
                return trait
        if self.drop_reply:
            return "reply_lost"
        refusal = self.refusal()
        if refusal is None:
            return "slow"
        if self.html:
            return "gateway_error" if self.done else "server_error"
        return {20429: "too_many_requests", 20500: "internal_error"}.get(refusal.code, str(refusal.code))


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


class Faults:
    """The script of one account, by operation (`messages.create`, `messages.list`, …), and the dice."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._chance = Chance(MENU)
        self._retry_after = 1

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
        self.add(operation, fault, times=times)

    def add(self, operation: str, fault: Fault | str, *, times: int = 1) -> None:
        """The same with a Fault, or with the name of one on the menu."""
        self._waiting[operation].extend([MENU[fault] if isinstance(fault, str) else fault] * times)

    def at_random(
        self,
        seed: int,
        share: float,
        *,
        only: Collection[str] | None = None,
        retry_after: int = 1,
        longest: float = 0.3,
    ) -> None:
        """From now on each call meets, with this probability, one fault of the menu (`only`: of these kinds).

        `retry_after` and `longest` (of what is slow) are seconds. Raises ValueError for an unknown kind.
        """
        self._chance.at_random(seed, share, only=only, longest=longest)
        self._retry_after = retry_after

    def calm(self) -> None:
        """Nothing goes wrong by chance any more. The script stays; `clear` ends that."""
        self._chance.calm()

    @property
    def happened(self) -> Counter[str]:
        """How often each kind has happened, scripted ones included."""
        return self._chance.happened

    def take(self, operation: str) -> Fault | None:
        """The fault for a call that arrives now, if any."""
        if waiting := self._waiting.get(operation):
            fault = waiting.popleft()
            self._chance.count(fault.kind)
            return fault
        return self._drawn()

    def _drawn(self) -> Fault | None:
        if (kind := self._chance.draw()) is None:
            return None
        fault = MENU[kind]
        if fault.delay:
            return replace(fault, delay=self._chance.seconds())
        return fault if fault.retry_after is None else replace(fault, retry_after=self._retry_after)

    def clear(self) -> None:
        self._waiting.clear()

    @property
    def left(self) -> int:
        return sum(len(each) for each in self._waiting.values())
