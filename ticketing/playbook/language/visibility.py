"""What is mandatory has to be visible: refuses requirements that a type's tickets could never meet."""

from collections.abc import Iterable, Iterator

from ticketing.playbook.language.lifecycles import Drawn
from ticketing.playbook.language.models import TicketType
from ticketing.playbook.language.names import BUILT_IN, Known
from ticketing.playbook.language.problems import Path
from ticketing.playbook.possible import Value, can_hold, named


def check_visibility(known: Known, drawn: dict[str, Drawn]) -> None:
    """Hidden mandatory fields, fields that no type shows, conditions that never hold."""
    for key, entry in known.document.types.items():
        if (each := drawn.get(entry.lifecycle)) is not None:
            _check_type(key, entry, each, known)
    listed = {field for entry in known.document.types.values() for field in entry.fields}
    for key, field in known.document.fields.items():
        if key not in listed and field.required is not False and not known.broken["types"]:
            hint = "Add it to the fields of a type, or take required out."
            known.report.add(("fields", key, "required"), f"Field {key} is required, and no type has it", hint)
    for each in drawn.values():
        _check_conditions(each, known)


def _check_type(key: str, entry: TicketType, drawn: Drawn, known: Known) -> None:
    for path, field, statuses in _required(drawn):
        if field in BUILT_IN or field not in known.document.fields:
            continue
        if field not in entry.fields:
            message = f"Field {field} is required here, and type {key} does not have it"
            known.report.add(
                path, message, f"Add it to the fields of type {key}, or require it on transitions of others."
            )
        elif not _can_show(field, key, entry, statuses, drawn, known):
            message = f"Field {field} is required here, and always hidden on type {key}"
            known.report.add(path, message, f"Change show of field {field}.")
    if not all(known.has("fields", field) for field in entry.fields):
        return  # it may be the one that others depend on; told already
    everywhere = [status.key for status in drawn.lifecycle.statuses]
    for index, field in enumerate(entry.fields):
        if field in known.document.fields and not _can_show(field, key, entry, everywhere, drawn, known):
            message = f"Field {field} is never shown on type {key}: its condition cannot hold there"
            known.report.add(("types", key, "fields", index), message, f"Take it out here, or change show of {field}.")


def _required(drawn: Drawn) -> Iterator[tuple[Path, str, list[str]]]:
    """Where what is required, and the statuses in which somebody can fill it in: there, or one before."""
    lifecycle = drawn.lifecycle
    for status in lifecycle.statuses:
        before = [each.origin for each in lifecycle.transitions if each.to == status.key]
        for index, field in enumerate(status.requires):
            yield drawn.status_path(status.key, "requires", index), field, [status.key, *before]
    for each in lifecycle.transitions:
        for index, field in enumerate(each.requires):
            path = (*drawn.arrows[each.origin, each.to], "requires", index)
            yield path, field, [each.origin, each.to]


def _can_show(field: str, key: str, entry: TicketType, statuses: Iterable[str], drawn: Drawn, known: Known) -> bool:
    tree = known.trees.get(("fields", field, "show"))
    if tree is None:
        return True
    absent: dict[str, Value] = {
        name: None
        for name in named(tree, known.conditions)
        if name.startswith("fields.") and name.removeprefix("fields.") not in entry.fields
    }
    for status in statuses:
        category = drawn.lifecycle.status(status).category.value
        fixed: dict[str, Value] = {"ticket.type": key, "ticket.status": status, "ticket.status_category": category}
        if any(can_hold(tree, known.conditions, {**fixed, **absent, "ticket.category": c}) for c in entry.categories):
            return True
    return False


def _check_conditions(drawn: Drawn, known: Known) -> None:
    """Of arrows: one that can hold for no type that follows the lifecycle, or asks for fields that none of them has."""
    types = {key: each for key, each in known.document.types.items() if each.lifecycle == drawn.lifecycle.key}
    if not types or known.broken["types"]:
        return
    fields = {field for each in types.values() for field in each.fields}
    for each in drawn.lifecycle.transitions:
        path = drawn.arrows[each.origin, each.to]
        tree = known.trees.get((*path, "when"))
        if tree is not None:
            category = drawn.lifecycle.status(each.origin).category.value
            fixed: dict[str, Value] = {"ticket.status": each.origin, "ticket.status_category": category}
            if not any(can_hold(tree, known.conditions, {**fixed, "ticket.type": key}) for key in types):
                message = f"This never holds for a ticket in {each.origin}: the transition could never be used"
                known.report.add((*path, "when"), message, "Change the condition.")
        if each.approval in known.document.approvals:
            rule = known.document.approvals[each.approval]
            needs = {*rule.binds, *([rule.amount] if rule.amount else [])} & set(known.document.fields)
            for field in sorted(needs - fields):
                message = f"Approval {each.approval} is about field {field}, and no type of this lifecycle has it"
                known.report.add(
                    (*path, "approval"), message, f"Add {field} to the fields of type {next(iter(types))}."
                )
