"""Keeps one process within Slack's limits: whoever wants to call takes a turn first, the most urgent goes first.

A short wait is waited for, by few at a time. A longer one is refused with an appointment (`Throttled.retry_after`), so
that what waits for Slack never takes the places of other work. When Slack says 429 all the same, for another process of
ours calls too, that method and channel are closed to everybody here for as long as Slack asks. See docs/decisions/0010.

Calls that somebody waits for at the screen (forms, private answers) take no turns. Times are seconds.
"""

import asyncio
from bisect import insort
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from core.errors import Throttled

PATIENCE = 5.0  # a longer wait is not begun
MOST_WAITING = 25  # of the hundred jobs a worker runs at once
_LATE = 3.0  # how long an appointment is kept: the queue is looked at every second


class Method(StrEnum):
    """The calls that take turns."""

    POST = "chat.postMessage"
    UPDATE = "chat.update"
    DELETE = "chat.delete"
    HISTORY = "conversations.history"
    REPLIES = "conversations.replies"


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once and `per_minute` after that: together never more than Slack allows in any minute."""

    burst: int
    per_minute: float
    per_channel: bool = False


_TIER_3 = (Rate(10, 40),)  # 50 a minute
LIMITS: Mapping[Method, tuple[Rate, ...]] = {
    # One a second and channel, "with short bursts"; and several hundred a minute for the workspace.
    Method.POST: (Rate(3, 60, per_channel=True), Rate(60, 240)),
    Method.UPDATE: _TIER_3,
    Method.DELETE: _TIER_3,
    Method.HISTORY: _TIER_3,
    Method.REPLIES: _TIER_3,
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who wants a turn. The lower `rank` goes first; one `name` has one appointment, however often it comes."""

    name: Hashable
    rank: int


ANYBODY = Visitor(None, 50)


class Turn:
    """The right to one call."""

    def __init__(self, gate: "_Gate | None" = None, *, waited: bool = False) -> None:
        self._gate = gate
        self.waited = waited  # what was read before may be old by now

    def use(self) -> None:
        """The call is made: this turn can no longer be given back."""
        self._gate = None

    def give_back(self) -> None:
        """For the next one, unless it was used."""
        if self._gate is not None:
            self._gate.give_back()
            self._gate = None


class Turnstile:
    """The turns of one process, in its running loop."""

    def __init__(
        self,
        limits: Mapping[Method, tuple[Rate, ...]] = LIMITS,
        *,
        patience: float = PATIENCE,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._limits = limits
        self._patience = patience
        self._most_waiting = most_waiting
        self._buckets: dict[tuple[Method, Rate, str], _Bucket] = {}
        self._gates: dict[tuple[Method, str], _Gate] = {}
        self._order = count()

    async def take(self, method: Method, channel: str, visitor: Visitor) -> Turn:
        """Raises Throttled, with the time to come again, where the wait would be long or many wait already."""
        gate = self._gate(method, channel)
        wait = gate.expected(visitor)
        if wait <= 0:
            gate.spend(visitor)
            return Turn(gate)
        if wait > self._patience or not self._make_room(visitor):
            raise gate.appointment(visitor)
        waiter = _Waiter(visitor.rank, next(self._order), visitor, gate.now)
        await gate.admitted(waiter, within=2 * self._patience)
        return Turn(gate, waited=True)

    def close(self, method: Method, channel: str, seconds: float) -> None:
        """Slack asks to wait this long with this method, there."""
        self._gate(method, channel).close(seconds, patience=self._patience)

    def _gate(self, method: Method, channel: str) -> "_Gate":
        rates = self._limits.get(method, ())
        place = channel if any(rate.per_channel for rate in rates) else ""
        gate = self._gates.get((method, place))
        if gate is None:
            buckets = [self._bucket(method, rate, channel if rate.per_channel else "") for rate in rates]
            gate = self._gates[method, place] = _Gate(buckets, asyncio.get_running_loop().time)
        return gate

    def _bucket(self, method: Method, rate: Rate, place: str) -> "_Bucket":
        known = self._buckets.get((method, rate, place))
        if known is None:
            now = asyncio.get_running_loop().time()
            known = self._buckets[method, rate, place] = _Bucket(rate.burst, rate.per_minute / 60, rate.burst, now)
        return known

    def _make_room(self, visitor: Visitor) -> bool:
        """Whether one more may wait; somebody less urgent goes for it if need be."""
        waiting = [(waiter, gate) for gate in self._gates.values() for waiter in gate.waiting]
        if len(waiting) < self._most_waiting:
            return True
        last, gate = max(waiting, key=lambda each: each[0])
        if last.rank <= visitor.rank:
            return False
        gate.send_away(last)
        return True


@dataclass(slots=True)
class _Bucket:
    burst: float
    per_second: float
    left: float
    at: float

    def wait(self, now: float, places: int = 1) -> float:
        """Until there are that many tokens; 0.0 when there are."""
        self.left = min(self.burst, self.left + max(0.0, now - self.at) * self.per_second)
        self.at = now
        return max(0.0, (places - self.left) / self.per_second)


@dataclass(slots=True, order=True)
class _Waiter:
    rank: int
    order: int
    visitor: Visitor = field(compare=False)
    since: float = field(compare=False)
    turn: "asyncio.Future[None]" = field(
        compare=False, default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class _Gate:
    """One method, in one channel or everywhere: who waits for it, and who has been told to come again."""

    def __init__(self, buckets: list[_Bucket], clock: Callable[[], float]) -> None:
        self.waiting: list[_Waiter] = []  # the most urgent first
        self._appointments: dict[Hashable, tuple[int, float]] = {}  # name -> rank, when
        self._buckets = buckets
        self._clock = clock
        self._closed_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def now(self) -> float:
        return self._clock()

    def expected(self, visitor: Visitor) -> float:
        """How long this visitor would wait now. Appointments that were missed are forgotten."""
        now = self.now
        self._appointments = {k: v for k, v in self._appointments.items() if v[1] + _LATE > now}
        mine = self._appointments.get(visitor.name, (visitor.rank, float("inf")))[1]
        ahead = sum(waiter.rank <= visitor.rank for waiter in self.waiting)
        ahead += sum(each < (visitor.rank, mine) for name, each in self._appointments.items() if name != visitor.name)
        return self._wait(now, ahead + 1)

    def spend(self, visitor: Visitor) -> None:
        self._appointments.pop(visitor.name, None)
        for bucket in self._buckets:
            bucket.left -= 1

    def give_back(self) -> None:
        for bucket in self._buckets:
            bucket.left += 1
        self._admit()

    def appointment(self, visitor: Visitor) -> Throttled:
        """When to come again, as an error to raise. Whoever has an appointment still to come keeps it."""
        now = self.now
        known = self._appointments.get(visitor.name)
        at = known[1] if known is not None and known[1] > now else now + max(self.expected(visitor), 0.1)
        if visitor.name is not None:
            self._appointments[visitor.name] = (visitor.rank, at)
        return Throttled("Slack takes no more calls of this kind for now.", retry_after=at - now)

    async def admitted(self, waiter: _Waiter, *, within: float) -> None:
        """Returns when it is this one's turn. Raises Throttled for whoever is sent away."""
        insort(self.waiting, waiter)
        tired = asyncio.get_running_loop().call_later(within, self.send_away, waiter)
        self._admit()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if waiter in self.waiting:
                self.waiting.remove(waiter)
            elif not waiter.turn.cancelled() and waiter.turn.exception() is None:
                self.give_back()  # it was just given
            raise
        finally:
            tired.cancel()

    def send_away(self, waiter: _Waiter) -> None:
        """Somebody more urgent needs the place, or it has taken too long."""
        if waiter in self.waiting:
            self.waiting.remove(waiter)
        if not waiter.turn.done():
            waiter.turn.set_exception(self.appointment(waiter.visitor))

    def close(self, seconds: float, *, patience: float) -> None:
        self._closed_until = max(self._closed_until, self.now + seconds)
        if seconds > patience:
            for waiter in list(self.waiting):
                self.send_away(waiter)
        self._admit()

    def _wait(self, now: float, places: int = 1) -> float:
        return max([self._closed_until - now, *(bucket.wait(now, places) for bucket in self._buckets), 0.0])

    def _admit(self) -> None:
        """Let in whoever may, and come back for the next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self.waiting and (wait := self._wait(self.now)) <= 0:
            waiter = self.waiting.pop(0)
            if not waiter.turn.done():
                self.spend(waiter.visitor)
                waiter.turn.set_result(None)
        if self.waiting:
            self._timer = asyncio.get_running_loop().call_later(max(wait, 0.001), self._admit)
