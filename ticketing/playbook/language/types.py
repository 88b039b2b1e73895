"""The section `types`: the kinds of tickets."""

from ticketing.playbook.language.autonomy import ai_policy
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.problems import Path
from ticketing.playbook.playbook import TicketType


def types(known: Known) -> dict[str, TicketType]:
    """Every type, checked."""
    entries = known.document.types
    known.labels(("types",), [(key, each.label) for key, each in entries.items()], of="Types")
    _require_own_examples(known)
    found = {}
    for key, entry in entries.items():
        path: Path = ("types", key)
        known.require((*path, "lifecycle"), "lifecycles", "lifecycle", entry.lifecycle)
        for place, category in known.each((*path, "categories"), entry.categories):
            known.require(place, "categories", "category", category)
        for place, field in known.each((*path, "fields"), entry.fields):
            known.require(place, "fields", "field", field)
        if entry.sla is not None:
            known.require((*path, "sla"), "sla", "SLA policy", entry.sla)
        found[key] = TicketType(
            key,
            entry.label,
            tuple(entry.categories),
            entry.lifecycle,
            tuple(entry.fields),
            tuple(entry.examples or ()),
            entry.sla,
            ai_policy(key, entry.ai, known),
        )
    return found


def retired_types(known: Known) -> dict[str, str]:
    """Keys of types of earlier versions, and what they are now."""
    was = {key: list(entry.was) for key, entry in known.document.types.items()}
    return retired(("types",), was, set(was) | known.broken["types"], known)


def retired(path: Path, was: dict[str, list[str]], present: set[str], known: Known) -> dict[str, str]:
    """Old keys to new ones. One that still is, or that two claim, is told."""
    found: dict[str, str] = {}
    for key, olds in was.items():
        for place, old in known.each((*path, key, "was"), olds):
            if old in present:
                known.report.add(place, f'"{old}" is still there', "Take it out here, or there.")
            elif old in found:
                message = f'"{old}" is {found[old]} already'
                known.report.add(place, message, "An earlier key becomes one thing: keep one of the two.")
            found[old] = key
    return found


def _require_own_examples(known: Known) -> None:
    """An example of two types would teach the brain nothing."""
    seen: dict[str, str] = {}
    for key, entry in known.document.types.items():
        if entry.examples is not None and not entry.examples:
            known.report.add(
                ("types", key, "examples"), f"Type {key} has an empty list of examples", "Write some, or leave it out."
            )
        for index, example in enumerate(entry.examples or ()):
            first = seen.setdefault(example.casefold(), key)
            if first != key:
                place = ("types", key, "examples", index)
                known.report.add(place, f"Type {first} has the same example", "Keep it where it belongs.")
