"""What else the machine was doing: a figure measured while its host gave the processors to others says little."""

from pathlib import Path

_STAT = Path("/proc/stat")
_KINDS = 8  # user nice system idle iowait irq softirq steal; what follows is contained in the first two
_STEAL = 7


class Processors:
    """Counts from its making."""

    def __init__(self) -> None:
        self._before = _ticks()

    def stolen(self) -> float | None:
        """The share of all processor time that the host kept from this machine; None where nobody counts it."""
        after = _ticks()
        if not self._before or not after:
            return None
        spent = [later - earlier for earlier, later in zip(self._before, after, strict=True)]
        return spent[_STEAL] / max(sum(spent), 1)


def _ticks() -> list[int]:
    """By kind, since the machine started; empty off Linux."""
    if not _STAT.exists():
        return []
    return [int(count) for count in _STAT.read_text().splitlines()[0].split()[1 : 1 + _KINDS]]
