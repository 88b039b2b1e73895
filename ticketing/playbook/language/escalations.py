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
from ticketing.playbook.timing import NOW, Timing, Untimed, timings
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
        found[key] = EscalationRule(key, when, entry.because, actions, _timings((*place, "when"), known))
    return tuple(found.values())


def _timings(path: Path, known: Known) -> tuple[Timing, ...]:
    """A rule is asked when something happens to a ticket, and at instants that are known beforehand."""
    try:
        return tuple(timings(known.trees[path]))
    except Untimed as error:
        message = f"Nobody can tell when this comes to hold: the clock would have to ask {error.name} all the time"
        hint = "Compare it with a date: now > ticket.due_at. Or write ticket.age_hours > 48."
        if error.name != NOW:
            hint = f"Compare it with a number: {error.name} > {0.8 if error.name == 'sla.used' else 48}."
        known.report.add(path, message, hint, offset=error.at)
        return ()


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
