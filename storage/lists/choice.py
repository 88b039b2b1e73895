"""Which way to a page is likely the shortest. A wrong guess costs time, never a line: all ways give the same page.

PostgreSQL's statistics say how many tickets have each facet; that they are independent of one another is assumed. The
prices are microseconds, as measured on a million tickets: they need be right only beside one another.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from math import ceil, inf, prod

from storage.database import Rows, Session
from storage.lists.conditions import Conditions
from storage.lists.estimates import Estimates
from storage.lists.periods import is_covered, parts, sift
from storage.lists.ways import FEW, Question, gather, walk
from ticketing.tickets.listing import Sort

Way = Callable[[Session, Question], Awaitable[Rows | None]]

_GATHERED, _WALKED, _WALKED_BY_FIELD, _SIFTED = 3.0, 7.0, 13.0, 0.3  # a ticket
_PART = 12.0  # a week's tickets of one priority, before the first is found
_BUCKET, _COMPARED, _STEPPED = 120.0, 0.25, 4.0  # a bucket, a ticket that may be in it, one that is
_WALKS = (2_000, 5_000, 15_000)  # tickets that a walk looks at before it gives up
_SMALL, _SHORT_WALK = 50_000, 1_000  # of so few, a longer walk would seem dearer to PostgreSQL than to sort them all
_WEEKS, _CURRENT_WEEKS, _BLOCKS = 150, 10, 120  # how many weeks, and blocks of numbers, a desk may have
_UNKNOWN = 0.0005  # the share of tickets that have a facet which is too rare for the statistics
_RARE = 20_000  # tickets that need not be told apart by their numbers


def together(conditions: Conditions, estimates: Estimates) -> float:
    """How many tickets have all the facets."""
    return prod(max(each, _UNKNOWN) for each in _shares(conditions, estimates)) * estimates.rows


def _shares(conditions: Conditions, estimates: Estimates) -> Sequence[float]:
    groups = [*conditions.any_of, *((each,) for each in conditions.every)]
    return [min(sum(estimates.share(each) for each in group), 1.0) for group in groups]


class Choice:
    """What seems to await a question. `passing`: which share of the tickets with its facets passes the rest."""

    def __init__(self, asked: Question, passing: float, estimates: Estimates) -> None:
        self._asked, self._estimates, self._field = asked, estimates, asked.ordering.field
        self._rarest = min(_shares(asked.conditions, estimates), default=1.0) * estimates.rows
        self._together = together(asked.conditions, estimates)
        self._matching = self._together * passing

    @property
    def is_rare(self) -> bool:
        return self._together <= _RARE

    def ways(self) -> Sequence[Way]:
        """What to try, one after the other, before going step by step."""
        step = self._step()
        bound = next((each for each in _WALKS if 4 * self._walked <= each), _WALKS[-1])
        to_walk = partial(walk, bound=_SHORT_WALK if self._estimates.rows < _SMALL else bound)
        prices: list[tuple[float, Way]] = [(self._gather(), gather), (self._walk(), to_walk), (self._sift(), sift)]
        return [way for price, way in sorted(prices, key=lambda each: each[0]) if price < step]

    @property
    def _walked(self) -> float:
        """How many tickets a walk looks at. Where no closed ticket can match, it is only along those of the views."""
        current = self._asked.conditions.only_current and self._field is None and self._estimates.share("current")
        scope = self._estimates.rows * (current or 1.0)
        return self._asked.most * scope / self._matching if self._matching else inf

    def _walk(self) -> float:
        if self._walked > _WALKS[-1]:
            return inf
        return self._walked * (_WALKED if self._field is None else _WALKED_BY_FIELD)

    def _gather(self) -> float:
        return self._together * _GATHERED if self._together <= self._asked.few or self._rarest <= FEW else inf

    def _sift(self) -> float:
        if not is_covered(self._asked):
            return inf
        weeks = next((group for group in self._groups() if group[0].startswith("created:")), ())
        share = sum(self._estimates.share(week) for week in weeks) if weeks else 1.0
        whole = share * self._estimates.rows
        weeks_of, ranks = parts(self._asked.wanted)
        looked_into = len(weeks_of) * len(ranks)
        # From each of them a page is taken, with what does not match on the way there.
        read = min(whole, looked_into * self._asked.most * whole / self._matching) if self._matching else whole
        return looked_into * _PART + read * _SIFTED

    def _groups(self) -> Sequence[Sequence[str]]:
        return [*self._asked.conditions.any_of, *((each,) for each in self._asked.conditions.every)]

    def _step(self) -> float:
        buckets, share = self._buckets()
        matching, read = self._matching * share / buckets, self._together * share / buckets
        gone = min(buckets, ceil(self._asked.most / matching)) if matching else buckets
        if self._asked.ordering.sort is Sort.PRIORITY:
            gone = max(gone, buckets // 4)  # there are fewer urgent ones than others
        if self._is_elsewhere():
            gone = buckets
        compared = min(max(self._rarest, _UNKNOWN * self._estimates.rows), self._estimates.rows * share / _WEEKS)
        return gone * (_BUCKET + compared * _COMPARED + read * _STEPPED)

    def _is_elsewhere(self) -> bool:
        """Whether the tickets are of one time, and where that is in the order is not known."""
        told = self._asked.ordering.told or "\0"
        times = [group for group in self._groups() if group[0].startswith(("due:", "created:"))]
        return any(not group[0].startswith(told) for group in times)

    def _buckets(self) -> tuple[int, float]:
        """How many there are, and which share of the tickets is in them."""
        weeks = _CURRENT_WEEKS if self._asked.conditions.only_current else _WEEKS
        dated = 1 - self._estimates.share("due:")
        match self._asked.ordering.sort:
            case Sort.DUE:
                return weeks, dated
            case Sort.PRIORITY:
                return 4 * (weeks + (1 if self.is_rare else _BLOCKS)), 1.0
            case Sort.CREATED | Sort.UPDATED:
                return weeks, 1.0
            case _:
                return 1, self._estimates.share(f"field:{self._field}")
