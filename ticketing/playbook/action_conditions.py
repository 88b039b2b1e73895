"""Conditions about an action: what stands in `arguments`, and whether its approval asks about what there is."""

from threadline import ActionSpec, Shape, Sort
from ticketing.playbook.checking import check
from ticketing.playbook.checking.faults import Fault
from ticketing.playbook.facts import names
from ticketing.playbook.kinds import INSTANT, MAP, NOTHING, NUMBER, TEXT, YES_NO, Kind, Names, list_of, one_of
from ticketing.playbook.kinds import Sort as KindSort

_PLAIN = {
    Sort.NUMBER: NUMBER,
    Sort.YES_NO: YES_NO,
    Sort.INSTANT: INSTANT,
    Sort.MAP: MAP,
    Sort.NOTHING: NOTHING,
}
_GROUPS = ("ticket", "customer")  # what an action's approval may ask about, beside its arguments


def kind_of(shape: Shape, what: str = "") -> "Kind | Names":
    """What conditions know of a value of this shape. `what`: what one of its options is called."""
    if shape.sort is Sort.GROUP:
        return {name: kind_of(each, f"a {name}") for name, each in shape.members.items()}
    if shape.sort is Sort.TEXT:
        return one_of(shape.options, what or "an option") if shape.options else TEXT
    if shape.sort is Sort.LIST:
        item = kind_of(shape.item, what) if shape.item else MAP
        return list_of(item if isinstance(item, Kind) else Kind(KindSort.MAP))
    return _PLAIN[shape.sort]


def approval_names(spec: ActionSpec) -> Names:
    """What the approval of an action may ask about. Types, categories and statuses are any playbook's."""
    desk = names(types=None, categories=None, statuses=None, fields=None)
    return {"arguments": kind_of(spec.arguments), **{group: desk[group] for group in _GROUPS}}


def approval_faults(spec: ActionSpec) -> tuple[Fault, ...]:
    """Everything that is wrong with the condition of its approval."""
    return check(spec.approval, approval_names(spec)).faults if spec.approval else ()
