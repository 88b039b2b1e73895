"""Trouble by a seeded chance: which kind, if any, the next call or delivery meets. Makes nothing happen itself.

What a provider's API does with a call has menus of its own (`faults.py`). What a network does with what the provider
delivers to us is the same everywhere, and stands here:

| kind | what happens to one delivery |
|---|---|
| duplicate | it is posted twice at once |
| delayed | it waits, at most `longest` seconds, so that later ones overtake it |
| unknown_fields | it carries fields that nobody has announced |
| answer_lost | it arrives, our answer does not, and the provider comes again (if it repeats such deliveries at all) |
| disconnect | Slack's Socket Mode only: the socket is to be renewed before this delivery |
"""

import random
from collections import Counter, deque
from collections.abc import Collection

DELIVERIES = ("duplicate", "delayed", "unknown_fields", "answer_lost")


class Chance:
    """One menu and the dice for it. What is laid out by `next` goes first and needs no luck."""

    def __init__(self, menu: Collection[str]) -> None:
        self.menu = tuple(menu)
        self.happened: Counter[str] = Counter()
        self._dice = random.Random(0)
        self._share = 0.0
        self._kinds: tuple[str, ...] = ()
        self._longest = 0.0
        self._laid_out: deque[str] = deque()

    def at_random(self, seed: int, share: float, *, only: Collection[str] | None = None, longest: float = 0.3) -> None:
        """From now on one of the kinds (`only`: of these) with this probability each time.

        `longest` bounds what waits, in seconds. Raises ValueError for a kind that is not on the menu, or no share.
        """
        if not 0 <= share <= 1:
            raise ValueError(f"a share lies between 0 and 1: {share}")
        kinds = self.menu if only is None else tuple(each for each in self.menu if each in self._known(only))
        self._dice, self._share, self._kinds, self._longest = random.Random(seed), share, kinds, longest

    def next(self, kind: str, *, times: int = 1, longest: float = 0.3) -> None:
        """Let the next `times` meet this. Raises ValueError for a kind that is not on the menu."""
        self._known((kind,))
        self._laid_out.extend([kind] * times)
        self._longest = longest

    def calm(self) -> None:
        """Nothing goes wrong any more, neither by chance nor as laid out. `happened` stays."""
        self._share = 0.0
        self._laid_out.clear()

    def draw(self, among: Collection[str] | None = None) -> str | None:
        """The kind that happens now, counted; None for none. `among`: those that can happen here."""
        if self._laid_out and (among is None or self._laid_out[0] in among):
            return self.count(self._laid_out.popleft())
        if not self._share or self._dice.random() >= self._share:
            return None
        kinds = [each for each in self._kinds if among is None or each in among]
        return self.count(self._dice.choice(kinds)) if kinds else None

    def seconds(self) -> float:
        """How long something waits this time."""
        return self._dice.uniform(0, self._longest)

    def count(self, kind: str) -> str:
        self.happened[kind] += 1
        return kind

    @property
    def left(self) -> int:
        """How many that were laid out have not happened yet."""
        return len(self._laid_out)

    def _known(self, kinds: Collection[str]) -> Collection[str]:
        if unknown := sorted(set(kinds) - set(self.menu)):
            raise ValueError(f"no such trouble: {', '.join(unknown)}; there is {', '.join(self.menu)}")
        return kinds
