"""Faults: what goes wrong with calls of the Web API, by script or by a seeded chance.

A scripted entry is consumed by one call of its method, in the order they were asked for; chance meets any call. This
module says what shall happen; `web.py` makes it happen, and each `Call` says whether it was carried out.

| kind | what the caller gets | carried out |
|---|---|---|
| slow | the answer, late | yes |
| reply_lost | the connection ends without an answer | yes |
| reset | the connection is reset | no |
| reset_after | the connection is reset | yes |
| cut_answer | half of the answer, then a reset | yes |
| truncated | a whole HTTP answer with half of its JSON | yes |
| too_many_requests | 429 with Retry-After | no |
| server_error | 503 with a page instead of JSON | no |
| gateway_error | 502 with a page instead of JSON | yes |
| internal_error | 200 `{"ok": false, "error": "internal_error"}` | no |
| fatal_error | 200 `{"ok": false, "error": "fatal_error"}` | yes: Slack says that part of it may have happened |
| ratelimited | 200 `{"ok": false, "error": "ratelimited"}` with Retry-After | no |
"""

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from emulators.chance import Chance


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one call. `delay` (seconds) combines with any other; by itself the call then succeeds."""

    status: int | None = None  # answered with this HTTP status; 429 as a rate limit, others as an HTML page
    retry_after: int | None = None  # seconds, for 429 and `error`
    error: str | None = None  # answered 200 {"ok": false, "error": …}
    delay: float = 0.0
    drop_reply: bool = False  # carried out, then the connection ends without an answer
    reset: bool = False  # the connection is reset before anything is carried out
    reset_after: bool = False  # carried out, then the connection is reset
    cut_answer: bool = False  # carried out, then the connection is reset in the middle of the answer
    truncated: bool = False  # carried out, and answered with half of the JSON
    done: bool = False  # with `status` or `error`: it says so, and was carried out all the same

    @property
    def refuses(self) -> bool:
        """Does it keep the call from being carried out?"""
        return self.reset or ((self.status is not None or self.error is not None) and not self.done)

    @property
    def kind(self) -> str:
        """Its name on the menu; an error of another name is named by itself."""
        for trait in ("reset", "reset_after", "cut_answer", "truncated"):
            if getattr(self, trait):
                return trait
        if self.drop_reply:
            return "reply_lost"
        if self.status is not None:
            return "too_many_requests" if self.status == 429 else "gateway_error" if self.done else "server_error"
        return self.error or "slow"


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


class Faults:
    """The script and the dice. `next("*", …)` is for any method; one that names its method goes first."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)
        self._chance = Chance(MENU)
        self._retry_after = 1

    def next(
        self,
        method: str,
        *,
        status: int | None = None,
        retry_after: int | None = None,
        error: str | None = None,
        delay: float = 0.0,
        drop_reply: bool = False,
        reset: bool = False,
        times: int = 1,
    ) -> None:
        """Let the next `times` calls of `method` go wrong this way."""
        self.add(method, Fault(status, retry_after, error, delay, drop_reply, reset), times=times)

    def add(self, method: str, fault: Fault | str, *, times: int = 1) -> None:
        """The same with a Fault, or with the name of one on the menu."""
        self._waiting[method].extend([MENU[fault] if isinstance(fault, str) else fault] * times)

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

    def take(self, method: str) -> Fault | None:
        """The fault for a call that arrives now, if any."""
        for key in (method, "*") if self._waiting else ():
            if waiting := self._waiting.get(key):
                fault = waiting.popleft()
                if not waiting:
                    del self._waiting[key]
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
