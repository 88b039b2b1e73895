"""The section `lifecycles`: statuses, arrows and what happens by itself. `journeys.py` looks at where they lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ticketing.playbook.actions import (
    AddTag,
    HandToTeam,
    OfferSolution,
    RemoveTag,
    SendReply,
    SendSurvey,
    SetDue,
    SetPriority,
    StageAction,
)
from ticketing.playbook.language import models
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.problems import Path
from ticketing.playbook.language.types import retired
from ticketing.playbook.lifecycle import Lifecycle, MovesOn, Status, StatusCategory, Transition
from ticketing.triage.suggestion import Priority

Arrow = tuple[str, str]


@dataclass
class Drawn:
    """A lifecycle with the places of its arrows."""

    lifecycle: Lifecycle
    path: Path
    arrows: dict[Arrow, Path] = field(default_factory=dict)

    def status_path(self, key: str, *more: str | int) -> Path:
        return (*self.path, "statuses", key, *more)


def lifecycles(known: Known) -> dict[str, Drawn]:
    """Every lifecycle, with its names checked."""
    entries = known.document.lifecycles
    known.labels(("lifecycles",), [(key, each.label) for key, each in entries.items()], of="Lifecycles")
    return {key: _lifecycle(key, entry, known) for key, entry in entries.items()}


def _lifecycle(key: str, entry: models.Lifecycle, known: Known) -> Drawn:
    path: Path = ("lifecycles", key)
    statuses = entry.statuses
    known.labels((*path, "statuses"), [(each, status.label) for each, status in statuses.items()], of="Statuses")
    if not entry.created_in:
        known.report.add((*path, "created_in"), "Tickets cannot begin anywhere", "Name a status.")
    for place, status in known.each((*path, "created_in"), entry.created_in):
        _require_status(place, status, statuses, known)
    was = {each: list(status.was) for each, status in statuses.items()}
    arrows = _arrows(path, entry, known)
    lifecycle = Lifecycle(
        key=key,
        label=entry.label,
        statuses=tuple(
            _status((*path, "statuses", each), each, status, entry, known) for each, status in statuses.items()
        ),
        transitions=tuple(transition for transition, _ in arrows),
        created_in=tuple(entry.created_in),
        retired=retired((*path, "statuses"), was, set(statuses), known),
    )
    return Drawn(lifecycle, path, {(each.origin, each.to): place for each, place in arrows})


def _require_status(place: Path, key: str, statuses: Mapping[str, object], known: Known) -> bool:
    if key in statuses:
        return True
    known.report.unknown(place, "status", key, list(statuses))
    return False


def _status(path: Path, key: str, entry: models.Status, lifecycle: models.Lifecycle, known: Known) -> Status:
    statuses = lifecycle.statuses
    if entry.customer_answers is not None:
        _require_status((*path, "customer_answers"), entry.customer_answers, statuses, known)
    if entry.comes_back is not None:
        _require_status((*path, "comes_back", "to"), entry.comes_back.to, statuses, known)
    if entry.moves_on is not None:
        _require_status((*path, "moves_on", "to"), entry.moves_on.to, statuses, known)
    return Status(
        key=key,
        label=entry.label,
        category=StatusCategory(entry.category),
        sla_paused=entry.sla == "paused",
        requires=known.requirements((*path, "requires"), entry.requires),
        when_answered=entry.customer_answers,
        when_back=entry.comes_back.to if entry.comes_back else None,
        back_within=entry.comes_back.within if entry.comes_back else None,
        moves_on=MovesOn(entry.moves_on.after, entry.moves_on.to) if entry.moves_on else None,
        on_enter=_actions((*path, "on_enter"), entry.on_enter, statuses, known),
        on_leave=_actions((*path, "on_leave"), entry.on_leave, statuses, known),
    )


def _arrows(path: Path, entry: models.Lifecycle, known: Known) -> list[tuple[Transition, Path]]:
    found: dict[Arrow, tuple[Transition, Path]] = {}
    for index, each in enumerate(entry.transitions):
        place: Path = (*path, "transitions", index)
        for arrow, transition in _drawn(place, each, entry.statuses, known).items():
            if arrow in found:
                message = f"There is an arrow from {arrow[0]} to {arrow[1]} already"
                known.report.add(place, message, "Keep one of them, with everything that it says.")
            found.setdefault(arrow, (transition, place))
    return list(found.values())


def _drawn(
    place: Path, entry: models.Transition, statuses: Mapping[str, object], known: Known
) -> dict[Arrow, Transition]:
    """The arrows of one entry."""
    grants = known.grants((*place, "by"), entry.by)
    requires = known.requirements((*place, "requires"), entry.requires)
    when = known.condition((*place, "when"), entry.when)
    if entry.approval is not None:
        known.require((*place, "approval"), "approvals", "approval", entry.approval)
    origins = [
        key for at, key in known.each((*place, "from"), entry.origins) if _require_status(at, key, statuses, known)
    ]
    found = {}
    for at, to in known.each((*place, "to"), entry.to):
        if not _require_status(at, to, statuses, known):
            continue
        for origin in origins:
            if origin == to:
                known.report.add(at, f"This arrow leads from {to} to itself", "Take it out of one side.")
            else:
                found[origin, to] = Transition(origin, to, grants, requires, when, entry.approval)
    return found


def _actions(
    path: Path, entries: list[models.Action], statuses: Mapping[str, object], known: Known
) -> tuple[StageAction, ...]:
    found: list[StageAction] = []
    for index, entry in enumerate(entries):
        place = (*path, index)
        said = [name for name in models.Action.model_fields if getattr(entry, name) is not None]
        if len(said) != 1:
            message = f"One action does one thing, and this says {' and '.join(said) or 'nothing'}"
            known.report.add(place, message, "Begin each with a dash of its own.")
            continue
        if entry.offer is not None:
            found.append(_offer((*place, "offer"), entry.offer, statuses, known))
        else:
            found.append(_action(place, entry, known))
    offers = [each for each in found if isinstance(each, OfferSolution)]
    if offers and path[-1] == "on_leave":
        known.report.add(path, "An offer when a ticket leaves cannot be answered", "Put it under on_enter.")
    elif len(offers) > 1:
        known.report.add(path, "Two offers at once", "Keep one: the customer could not tell their buttons apart.")
    return tuple(found)


def _action(place: Path, entry: models.Action, known: Known) -> StageAction:
    if entry.set_priority is not None:
        return SetPriority(Priority(entry.set_priority))
    if entry.hand_to_team is not None:
        return HandToTeam(known.team((*place, "hand_to_team"), entry.hand_to_team))
    if entry.add_tag is not None:
        return AddTag(entry.add_tag)
    if entry.remove_tag is not None:
        return RemoveTag(entry.remove_tag)
    if entry.set_due is not None:
        return SetDue(entry.set_due)
    if entry.send_reply is not None:
        known.require((*place, "send_reply"), "replies", "reply", entry.send_reply)
        return SendReply(entry.send_reply)
    return SendSurvey()


def _offer(place: Path, entry: models.Offer, statuses: Mapping[str, object], known: Known) -> OfferSolution:
    known.require((*place, "reply"), "replies", "reply", entry.reply)
    _require_status((*place, "accepted"), entry.accepted, statuses, known)
    _require_status((*place, "declined"), entry.declined, statuses, known)
    if entry.accepted == entry.declined:
        known.report.add((*place, "declined"), "Accept and Not solved lead to the same status", "Let them differ.")
    return OfferSolution(entry.reply, entry.accepted, entry.declined)
