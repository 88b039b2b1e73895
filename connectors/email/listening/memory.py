"""How much memory mails that come in may take, and who may have how much of it. Pure."""

from collections import Counter

_MAILS = 4  # of the largest size, or many small ones, are in memory at once
_SMALL = 50  # a mail is small up to this part of the largest


class Memory:
    """Shared out so that nobody can take it from the others: one stranger has half of it at most, large mails of
    strangers leave a quarter to small ones, and all strangers together leave an eighth to our relays.
    """

    def __init__(self, largest: int) -> None:
        """`largest` is the bytes of the largest mail that is taken."""
        self._all = _MAILS * largest
        self._small = largest // _SMALL
        self._of_each: Counter[str] = Counter()
        self.held = 0  # bytes of mails that are being read or stored

    def hold(self, peer: str, more: int, *, so_far: int, relay: bool) -> bool:
        """Whether there are `more` bytes for a mail that has `so_far`; they are then held until `let_go`."""
        if self.held + more > (self._all if relay else self._strangers(so_far + more)):
            return False
        if not relay and self._of_each[peer] + more > self._all // 2:
            return False
        self.held += more
        self._of_each[peer] += more
        return True

    def let_go(self, peer: str, size: int) -> None:
        """They are stored, or thrown away."""
        self.held -= size
        self._of_each[peer] -= size
        if not self._of_each[peer]:
            del self._of_each[peer]

    def _strangers(self, mail: int) -> int:
        return self._all * 7 // 8 if mail <= self._small else self._all * 3 // 4
