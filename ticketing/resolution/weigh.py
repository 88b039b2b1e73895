"""Whether what was measured moves the level of a type: up, down, or not at all. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.resolving import LADDER, Autonomy, Earning
from ticketing.resolution.levels import Case, How, Sign

STREAK = 3  # that people turned down one after another
_MOST = 20  # cases that a move names
_LOWEST = Autonomy.SHADOW


@dataclass(frozen=True, slots=True)
class Weighed:
    """`how`: None, it stays where it is. `because`: the cases that decide it, the newest first."""

    how: How | None
    to: Autonomy
    right: int
    judged: int
    why: str = ""
    because: tuple[Case, ...] = ()


def weigh(level: Autonomy, policy: AiPolicy, cases: Sequence[Case], *, fresh: Case | None = None) -> Weighed:
    """`cases`: those that count since it was moved last, at this level, the newest first and no more than are asked
    for. `fresh`: what was learnt just now, of whatever run.

    It falls once so many of them are wrong that the window could not hold the precision any more, and rises only when
    the window is full. A level that was moved begins with no cases: so nothing undoes a fall but new evidence.
    """
    earning = policy.earns
    right = sum(each.is_right for each in cases)
    stays = Weighed(None, level, right, len(cases))
    if earning is None or level is Autonomy.OFF:
        return stays
    wrong = tuple(each for each in cases if not each.is_right)
    if level is not _LOWEST and (fall := _falls(level, earning, cases, wrong, fresh)) is not None:
        why, because = fall
        return Weighed(How.FELL, _step(level, -1), right, len(cases), why, because[:_MOST])
    full = len(cases) >= earning.over and len(wrong) <= earning.forgiven
    if not full or LADDER.index(level) >= LADDER.index(policy.autonomy):
        return stays
    why = f"{right} of the newest {len(cases)} were right, and {earning.precision:.0%} are asked for."
    return Weighed(How.ROSE, _step(level, 1), right, len(cases), why, tuple(cases[:_MOST]))


def _falls(
    level: Autonomy, earning: Earning, cases: Sequence[Case], wrong: tuple[Case, ...], fresh: Case | None
) -> tuple[str, tuple[Case, ...]] | None:
    """Why, and by which cases."""
    # Of a run at a higher level than this one it has fallen already.
    if fresh is not None and fresh.sign is Sign.TAKEN_BACK and LADDER.index(fresh.level) <= LADDER.index(level):
        return f"What the AI did with #{fresh.ticket} was taken back by a person.", (fresh,)
    newest = tuple(cases[:STREAK])
    if len(newest) == STREAK and not any(each.is_right for each in newest):
        return f"The last {STREAK} cases were wrong, one after another.", newest
    if len(wrong) > earning.forgiven:
        were = "was" if len(wrong) == 1 else "were"
        most = f"of {earning.over} {f'no more than {earning.forgiven}' if earning.forgiven else 'none'} may be"
        return f"{len(wrong)} of the newest {len(cases)} {were} wrong, and {most}.", wrong
    return None


def _step(level: Autonomy, by: int) -> Autonomy:
    return LADDER[LADDER.index(level) + by]
