"""What goes wrong with calls of any provider's API, by script or by a seeded chance.

A scripted entry is consumed by one call of its operation, in the order they were asked for; chance meets any call. This
says what shall happen; the provider's server makes it happen, and each recorded call says whether it was carried out.
A provider adds its own refusals (`slack/faults.py`, `twilio/faults.py`) to these:

| kind | what the caller gets | carried out |
|---|---|---|
| slow | the answer, late | yes |
| reply_lost | the connection ends without an answer | yes |
| reset | the connection is reset | no |
| reset_after | the connection is reset | yes |
| cut_answer | half of the answer, then a reset | yes |
| truncated | a whole HTTP answer with half of its JSON | yes |
"""

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from emulators.chance import Chance

ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFault:
    """What happens to one call. `delay` combines with any other; by itself the call then succeeds."""

    retry_after: int | None = None  # seconds, sent with a refusal
    delay: float = 0.0  # seconds
    drop_reply: bool = False  # carried out, then the connection ends without an answer
    reset: bool = False  # the connection is reset before anything is carried out
    reset_after: bool = False  # carried out, then the connection is reset
    cut_answer: bool = False  # carried out, then the connection is reset in the middle of the answer
    truncated: bool = False  # carried out, and answered with half of the JSON
    done: bool = False  # with a refusal: it says so, and was carried out all the same

    @property
    def refusal(self) -> str | None:
        """What the provider answers in place of carrying it out, by its name on the menu or its own."""
        return None

    @property
    def refuses(self) -> bool:
        """Does it keep the call from being carried out?"""
        return self.reset or (self.refusal is not None and not self.done)

    @property
    def kind(self) -> str:
        """Its name on the menu; a refusal that is not there has a name of its own."""
        for trait in ("reset", "reset_after", "cut_answer", "truncated"):
            if getattr(self, trait):
                return trait
        return "reply_lost" if self.drop_reply else self.refusal or "slow"


F = TypeVar("F", bound=CallFault)


class CallFaults(Generic[F]):
    """The script and the dice. What is laid out for ANY meets any operation; what names its operation goes first."""

    def __init__(self, fault: type[F], menu: Mapping[str, F]) -> None:
        self._fault = fault
        self._menu = menu
        self._waiting: dict[str, deque[F]] = defaultdict(deque)
        self._chance = Chance(menu)
        self._retry_after = 1

    def next(self, operation: str, *, times: int = 1, **traits: Any) -> None:
        """Let the next `times` calls of `operation` go wrong this way: `traits` are those of the fault."""
        self.add(operation, self._fault(**traits), times=times)

    def add(self, operation: str, fault: F | str, *, times: int = 1) -> None:
        """The same with a fault, or with the name of one on the menu."""
        self._waiting[operation].extend([self._menu[fault] if isinstance(fault, str) else fault] * times)

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

    def take(self, operation: str) -> F | None:
        """The fault for a call that arrives now, if any."""
        for key in (operation, ANY) if self._waiting else ():
            if waiting := self._waiting.get(key):
                fault = waiting.popleft()
                if not waiting:
                    del self._waiting[key]
                self._chance.count(fault.kind)
                return fault
        return self._drawn()

    def _drawn(self) -> F | None:
        if (kind := self._chance.draw()) is None:
            return None
        fault = self._menu[kind]
        if fault.delay:
            return replace(fault, delay=self._chance.seconds())
        return fault if fault.retry_after is None else replace(fault, retry_after=self._retry_after)

    def clear(self) -> None:
        self._waiting.clear()

    @property
    def left(self) -> int:
        return sum(len(each) for each in self._waiting.values())
