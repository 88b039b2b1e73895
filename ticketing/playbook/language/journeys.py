"""Where tickets can go: refuses statuses that none reaches or leaves, and clocks that never go on."""

from collections.abc import Callable, Iterable, Iterator

from ticketing.playbook.actions import OfferSolution
from ticketing.playbook.grants import Grant
from ticketing.playbook.language.lifecycles import Drawn
from ticketing.playbook.language.names import BUILT_IN
from ticketing.playbook.language.problems import Path, Report
from ticketing.playbook.lifecycle import Lifecycle, Status, StatusCategory, Transition

_DONE = {StatusCategory.RESOLVED, StatusCategory.CLOSED}


def check_journeys(drawn: Drawn, report: Report) -> None:
    """Everything that is wrong with where the arrows of a lifecycle lead."""
    if not _all_known(drawn.lifecycle):
        return  # told already; what follows would only repeat it
    _check_beginnings(drawn, report)
    _check_endings(drawn, report)
    _check_pauses(drawn, report)
    _check_circles(drawn, report)
    for status in drawn.lifecycle.statuses:
        _check_by_itself(status, drawn, report)
        _check_offer(status, drawn, report)


def _all_known(lifecycle: Lifecycle) -> bool:
    return bool(lifecycle.created_in) and all(map(lifecycle.knows, lifecycle.created_in))


def _check_beginnings(drawn: Drawn, report: Report) -> None:
    lifecycle = drawn.lifecycle
    for index, key in enumerate(lifecycle.created_in):
        if not lifecycle.status(key).category.is_live:
            message = f"Tickets begin in {key}, a status of category {lifecycle.status(key).category}"
            report.add((*drawn.path, "created_in", index), message, "Begin in an open, active or pending status.")
    reached = _reached(lifecycle.created_in, lambda key: (each.to for each in _from(lifecycle, key)))
    for status in lifecycle.statuses:
        if status.key not in reached:
            hint = "Add a transition to it, name it in created_in, or take it out."
            report.add(drawn.status_path(status.key), f"No ticket can come into status {status.key}", hint, at_key=True)


def _check_endings(drawn: Drawn, report: Report) -> None:
    lifecycle = drawn.lifecycle
    closed = [status.key for status in lifecycle.statuses if status.category is StatusCategory.CLOSED]
    if not closed:
        hint = "Give one status category: closed, and a transition to it."
        report.add(drawn.path, f"Lifecycle {lifecycle.key} has no way to close a ticket", hint, at_key=True)
    closing = _reached(closed, lambda key: _origins(lifecycle, key))
    done = [status.key for status in lifecycle.statuses if status.category in _DONE]
    ending = _reached(done, lambda key: _origins(lifecycle, key))
    for status in lifecycle.statuses:
        path = drawn.status_path(status.key)
        if status.category is not StatusCategory.CLOSED and not any(_from(lifecycle, status.key)):
            hint = "Add a transition from it, or give it category: closed."
            report.add(path, f"Status {status.key} is a dead end: nothing leads out of it", hint, at_key=True)
        elif status.key not in ending:
            hint = "Add a transition that leads there."
            report.add(path, f"From status {status.key} no ticket is ever resolved or closed", hint, at_key=True)
        elif closed and status.key in lifecycle.created_in and status.key not in closing:
            hint = f"Add a transition that leads to {closed[0]}."
            report.add(path, f"A ticket that begins in {status.key} can never be closed", hint, at_key=True)


def _check_pauses(drawn: Drawn, report: Report) -> None:
    """From a paused status the desk has to be able to go where the clock runs or the ticket is done."""
    lifecycle = drawn.lifecycle
    paused = {status.key for status in lifecycle.statuses if status.sla_paused and status.category not in _DONE}
    going = {status.key for status in lifecycle.statuses} - paused
    freed = _reached(going, lambda key: (each.origin for each in _to(lifecycle, key) if _is_ours(each, lifecycle)))
    for key in (status.key for status in lifecycle.statuses):
        if key in paused and key not in freed and any(_from(lifecycle, key)):
            message = f"The SLA stays paused for ever in {key}: nobody of the desk can lead a ticket on"
            hint = "Let agents or the assignee use a transition from it, add moves_on, or write sla: running."
            report.add(drawn.status_path(key, "sla"), message, hint, at_key=True)


def _is_ours(transition: Transition, lifecycle: Lifecycle) -> bool:
    """Whether people of the desk, or the clock, go this way."""
    moves_on = lifecycle.status(transition.origin).moves_on
    if moves_on is not None and moves_on.to == transition.to:
        return True
    return bool(transition.by.teams or transition.by.kinds - {Grant.CUSTOMER, Grant.AI, Grant.AUTOMATION})


def _check_circles(drawn: Drawn, report: Report) -> None:
    """Statuses that lead to each other by themselves would go on for ever."""
    onward = {each.key: each.moves_on.to for each in drawn.lifecycle.statuses if each.moves_on is not None}
    told: set[str] = set()
    for key in onward:
        way = [key]
        while (to := onward.get(way[-1])) is not None and to not in way:
            way.append(to)
        if to == key and key not in told:
            told.update(way)
            message = f"Tickets would move in a circle by themselves: {' → '.join([*way, key])}"
            report.add(drawn.status_path(key, "moves_on"), message, "Take one moves_on out.", at_key=True)


def _check_by_itself(status: Status, drawn: Drawn, report: Report) -> None:
    """What moves a ticket without a person needs an arrow that asks for nothing only a person can give."""
    lifecycle, live = drawn.lifecycle, status.category.is_live
    for name, to in (("customer_answers", status.when_answered), ("comes_back", status.when_back)):
        if to is None or not lifecycle.knows(to):
            continue
        path = drawn.status_path(status.key, name)
        _check_arrow(status.key, to, path, drawn, report)
        if not lifecycle.status(to).category.is_live:
            message = f"{name} leads to {to}, a status of category {lifecycle.status(to).category}"
            report.add(path, message, "Lead to an open, active or pending status: somebody has to answer.", at_key=True)
    if status.when_answered is not None and not live:
        message = f"customer_answers is for tickets still at work, and {status.key} is of category {status.category}"
        report.add(drawn.status_path(status.key, "customer_answers"), message, "Write comes_back.", at_key=True)
    if status.when_back is not None and status.category is not StatusCategory.RESOLVED:
        message = f"comes_back is for statuses of category resolved, and {status.key} is of category {status.category}"
        hint = (
            "Write customer_answers." if live else "After closed, the same issue is a new ticket, linked to this one."
        )
        report.add(drawn.status_path(status.key, "comes_back"), message, hint, at_key=True)
    if status.moves_on is not None and lifecycle.knows(status.moves_on.to):
        _check_arrow(status.key, status.moves_on.to, drawn.status_path(status.key, "moves_on"), drawn, report)


def _check_arrow(origin: str, to: str, path: Path, drawn: Drawn, report: Report) -> None:
    transition = drawn.lifecycle.transition(origin, to)
    if origin == to:
        report.add(path, f"This leads from {to} to itself", "Name another status.", at_key=True)
    elif transition is None:
        hint = f"Add one to transitions: from: {origin}, to: {to}."
        report.add(path, f"There is no transition from {origin} to {to}", hint, at_key=True)
    else:
        _check_alone(transition, path, drawn, report)


def _check_alone(transition: Transition, path: Path, drawn: Drawn, report: Report) -> None:
    way = f"from {transition.origin} to {transition.to}"
    if transition.approval is not None:
        hint = "Take the approval out of that transition, or lead elsewhere."
        report.add(path, f"The way {way} needs an approval, and nobody is there to ask for it", hint, at_key=True)
    needed = {*transition.requires, *drawn.lifecycle.status(transition.to).requires}
    if "note" in needed:
        hint = "Require the note on the transitions of people only, or lead elsewhere."
        report.add(path, f"The way {way} needs a note, and nobody is there to write it", hint, at_key=True)
    for field in sorted(needed - set(BUILT_IN) - certain(drawn.lifecycle)[transition.origin]):
        message = f"The way {way} needs field {field}, which may be empty, and nobody is there to fill it in"
        report.add(path, message, f"Require {field} in status {transition.origin} already.", at_key=True)


def certain(lifecycle: Lifecycle) -> dict[str, set[str]]:
    """What was required on every way to a status, by status. A ticket that begins in one has nothing yet."""
    everything = {field for status in lifecycle.statuses for field in status.requires}
    everything.update(field for transition in lifecycle.transitions for field in transition.requires)
    found = {status.key: set(everything) for status in lifecycle.statuses}
    for key in lifecycle.created_in:
        found[key] = set()
    before = None
    while found != before:
        before = {key: set(fields) for key, fields in found.items()}
        for each in lifecycle.transitions:
            brought = before[each.origin] | {*each.requires, *lifecycle.status(each.to).requires}
            found[each.to] &= brought
    return found


def _check_offer(status: Status, drawn: Drawn, report: Report) -> None:
    """Accept and Not solved are transitions by the customer."""
    for index, action in enumerate(status.on_enter):
        if not isinstance(action, OfferSolution):
            continue
        for name, to in (("accepted", action.accepted), ("declined", action.declined)):
            path = drawn.status_path(status.key, "on_enter", index, "offer", name)
            transition = drawn.lifecycle.transition(status.key, to)
            if not drawn.lifecycle.knows(to):
                continue
            if transition is None or Grant.CUSTOMER not in transition.by.kinds:
                hint = f"Add to transitions: from: {status.key}, to: {to}, by: [customer]."
                report.add(path, f"The customer may not move a ticket from {status.key} to {to}", hint)
            else:
                _check_alone(transition, path, drawn, report)


def _reached(start: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    """All that can be come to from these, themselves included."""
    found: set[str] = set()
    todo = list(start)
    while todo:
        key = todo.pop()
        if key not in found:
            found.add(key)
            todo += following(key)
    return found


def _from(lifecycle: Lifecycle, key: str) -> list[Transition]:
    return [each for each in lifecycle.transitions if each.origin == key]


def _to(lifecycle: Lifecycle, key: str) -> Iterator[Transition]:
    return (each for each in lifecycle.transitions if each.to == key)


def _origins(lifecycle: Lifecycle, key: str) -> Iterator[str]:
    return (each.origin for each in _to(lifecycle, key))
