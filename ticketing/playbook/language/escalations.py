"""`escalate` of a type's `ai`: when its tickets are handed to people."""

import hashlib
from collections.abc import Iterator

from ticketing.playbook.actions import HandToTeam, SetPriority
from ticketing.playbook.ai_policy import EscalationRule
from ticketing.playbook.closest import closest
from ticketing.playbook.language.ai import Escalate
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.problems import Path
from ticketing.playbook.sla_policy import Audience, EscalationAction, Notify
from ticketing.triage.suggestion import Priority


def escalations(path: Path, entries: list[Escalate], known: Known) -> tuple[EscalationRule, ...]:
    """Every rule, checked; `path`: of the list."""
    found: dict[str, EscalationRule] = {}
    for index, entry in enumerate(entries):
        place: Path = (*path, index)
        when = known.condition((*place, "when"), entry.when)
        actions = tuple(_actions(place, entry, known))
        if when is None:
            continue
        key = _key(entry.when)
        if key in found:
            known.report.add((*place, "when"), "Another rule has the same condition", "Make them one.")
        found[key] = EscalationRule(key, when, entry.because, actions)
    return tuple(found.values())


def _key(condition: str) -> str:
    """A rule is the same one for as long as its condition is: other words for people do not escalate anew."""
    return hashlib.sha256(" ".join(condition.split()).encode()).hexdigest()[:16]


def _actions(place: Path, entry: Escalate, known: Known) -> Iterator[EscalationAction]:
    if whom := tuple(audience((*place, "notify"), entry.notify, known)):
        yield Notify(whom)
    if entry.priority is not None:
        yield SetPriority(Priority(entry.priority))
    if entry.hand_to_team is not None:
        yield HandToTeam(known.team((*place, "hand_to_team"), entry.hand_to_team))


def audience(path: Path, names: list[str], known: Known) -> Iterator[Audience]:
    """Whom a list names; anybody else is told."""
    for at, name in known.each(path, names):
        if name in set(Audience):
            yield Audience(name)
        else:
            known.report.add(at, f'"{name}" is nobody to notify', closest(name, list(Audience)))
