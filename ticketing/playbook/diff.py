"""What is different in another playbook, in words for whoever leads the support."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from ticketing.playbook.ai_policy import NO_AI, AiPolicy
from ticketing.playbook.conditions import Condition
from ticketing.playbook.diff_resolving import autonomy_differences, policy_differences, recipe_differences
from ticketing.playbook.difference import GONE, NEW, OTHER, Difference, changes
from ticketing.playbook.fields import Field
from ticketing.playbook.lifecycle import Lifecycle, Status, Transition
from ticketing.playbook.playbook import Playbook, TicketType
from ticketing.playbook.wording import approval, arrow_marks, requirements, status_marks, who

T = TypeVar("T")


def differences(before: Playbook, after: Playbook) -> Sequence[Difference]:
    """In the document's order. None: they say the same."""
    return list(_Comparison(before, after).all())


class _Comparison:
    def __init__(self, before: Playbook, after: Playbook) -> None:
        self.before, self.after = before, after

    def all(self) -> Iterator[Difference]:
        if self.before.name != self.after.name:
            yield Difference(OTHER, "Playbook", f"is called “{self.after.name}”, was “{self.before.name}”")
        yield from self._labels("Categories", self.before.categories, self.after.categories)
        yield from self._types()
        yield from self._lifecycles()
        yield from self._entries("Fields", self.before.fields, self.after.fields)
        yield from self._entries("Approvals", self.before.approvals, self.after.approvals)
        yield from self._entries("Saved replies", self.before.replies, self.after.replies)
        yield from recipe_differences(self.before, self.after)
        yield from policy_differences(self.before, self.after)
        yield from self._entries("Actions", self.before.http_actions, self.after.http_actions)

    def _labels(self, where: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
        for sign, key in changes(before, after):
            if sign == OTHER:
                yield Difference(sign, where, f"{key} is called “{after[key]}”, was “{before[key]}”")
            else:
                yield Difference(sign, where, (after if sign == NEW else before)[key])

    def _types(self) -> Iterator[Difference]:
        before, after = self.before.types, self.after.types
        for sign, key in changes(before, after):
            if sign == NEW:
                yield Difference(NEW, "Types", f"{after[key].label}, with lifecycle {self._lifecycle_of(after[key])}")
                yield from autonomy_differences(f"Type {after[key].label}", NO_AI, after[key].ai, self.after)
            elif sign == GONE:
                heir = self.after.retired_types.get(key)
                becomes = f"; its tickets become {after[heir].label}" if heir is not None and heir in after else ""
                yield Difference(GONE, "Types", f"{before[key].label}{becomes}")
            else:
                yield from self._type(before[key], after[key])
        kept = [key for key in before if key in after]
        if kept and kept[0] == next(iter(before)) != next(iter(after)):
            yield Difference(OTHER, "Types", f"the usual one is {self.after.default_type.label} now")

    def _lifecycle_of(self, kind: TicketType) -> str:
        return self.after.lifecycles[kind.lifecycle].label

    def _type(self, before: TicketType, after: TicketType) -> Iterator[Difference]:
        where = f"Type {after.label}"
        if before.label != after.label:
            yield Difference(OTHER, where, f"was called “{before.label}”")
        if before.lifecycle != after.lifecycle:
            yield Difference(OTHER, where, f"follows lifecycle {self._lifecycle_of(after)} now")
        yield from _lists(
            where, "category", before.categories, after.categories, self.before.category, self.after.category
        )
        yield from _lists(where, "field", before.fields, after.fields, self._old_field, self._new_field)
        if before.examples != after.examples:
            yield Difference(OTHER, where, "has other examples")
        yield from autonomy_differences(where, before.ai, after.ai, self.after)
        yield from _escalations(where, before.ai, after.ai)

    def _old_field(self, key: str) -> str:
        return self.before.fields[key].label if key in self.before.fields else key

    def _new_field(self, key: str) -> str:
        return self.after.fields[key].label if key in self.after.fields else key

    def _lifecycles(self) -> Iterator[Difference]:
        before, after = self.before.lifecycles, self.after.lifecycles
        for key in after:
            if key not in before:
                names = ", ".join(status.label for status in after[key].statuses)
                yield Difference(NEW, "Lifecycles", f"{after[key].label}: {names}")
            else:
                yield from self._lifecycle(before[key], after[key])
        for key in before:
            if key not in after:
                yield Difference(GONE, "Lifecycles", before[key].label)

    def _lifecycle(self, before: Lifecycle, after: Lifecycle) -> Iterator[Difference]:
        where = f"Lifecycle {after.label}"
        if before.label != after.label:
            yield Difference(OTHER, where, f"was called “{before.label}”")
        old, new = _by_key(before.statuses), _by_key(after.statuses)
        for sign, key in changes(old, new):
            if sign == NEW:
                yield Difference(NEW, where, f"status {new[key].label} ({new[key].category})")
            elif sign == GONE:
                heir = after.retired.get(key)
                becomes = f"; its tickets go to {after.status(key).label}" if heir is not None else ""
                yield Difference(GONE, where, f"status {old[key].label}{becomes}")
            else:
                yield from self._status(where, old[key], new[key], before, after)
        if before.created_in != after.created_in:
            names = ", ".join(after.status(key).label for key in after.created_in)
            yield Difference(OTHER, where, f"tickets begin in {names} now")
        yield from self._arrows(where, before, after)

    def _status(
        self, where: str, old: Status, new: Status, before: Lifecycle, after: Lifecycle
    ) -> Iterator[Difference]:
        if old.label != new.label:
            yield Difference(OTHER, where, f"status {old.label} is called {new.label} now")
        if old.category is not new.category:
            yield Difference(OTHER, where, f"status {new.label} is {new.category} now, was {old.category}")
        was, now = status_marks(old, before, self.before), status_marks(new, after, self.after)
        for mark in now:
            if mark not in was:
                yield Difference(NEW, where, f"status {new.label}: {mark}")
        for mark in was:
            if mark not in now:
                yield Difference(GONE, where, f"status {new.label}: {mark}")

    def _arrows(self, where: str, before: Lifecycle, after: Lifecycle) -> Iterator[Difference]:
        old = {(each.origin, each.to): each for each in before.transitions}
        new = {(each.origin, each.to): each for each in after.transitions}
        for sign, (origin, to) in changes(old, new):
            lifecycle = before if sign == GONE else after
            if sign == GONE and not (after.knows(origin) and after.knows(to)):
                continue  # it goes with its status
            path = f"{lifecycle.status(origin).label} → {lifecycle.status(to).label}"
            if sign == NEW:
                yield Difference(NEW, where, f"{path}, by {arrow_marks(new[origin, to], self.after)}")
            elif sign == GONE:
                yield Difference(GONE, where, f"{path} is not possible any more")
            else:
                for words in self._arrow(old[origin, to], new[origin, to]):
                    yield Difference(OTHER, where, f"{path}: {words}")

    def _arrow(self, old: Transition, new: Transition) -> Iterator[str]:
        if old.by != new.by:
            yield f"by {who(new.by)}, was by {who(old.by)}"
        if old.requires != new.requires:
            needed = requirements(new.requires, self.after) or "nothing of its own"
            yield f"needs {needed}, needed {requirements(old.requires, self.before) or 'nothing of its own'}"
        if old.when != new.when:
            yield (
                f"only if {new.when.source}" if new.when else f"no longer only if {old.when.source if old.when else ''}"
            )
        if old.approval != new.approval:
            if new.approval is None:
                yield f"no longer needs approval {approval(old.approval or '', self.before)}"
            else:
                yield f"needs approval {approval(new.approval, self.after)}"

    def _entries(self, where: str, before: Mapping[str, T], after: Mapping[str, T]) -> Iterator[Difference]:
        for sign, key in changes(before, after):
            entry: Any = (before if sign == GONE else after)[key]
            if sign != OTHER:
                kind = f" ({entry.kind.value.replace('_', ' ')})" if isinstance(entry, Field) else ""
                yield Difference(sign, where, f"{entry.label}{kind}")
                continue
            changed = ", ".join(_changed(before[key], after[key]))
            yield Difference(OTHER, where, f"{entry.label}: {changed}")


def _lists(
    where: str, what: str, before: Sequence[str], after: Sequence[str], old: Any, new: Any
) -> Iterator[Difference]:
    yield from (Difference(NEW, where, f"{what} {new(key)}") for key in after if key not in before)
    yield from (Difference(GONE, where, f"{what} {old(key)}") for key in before if key not in after)
    if set(before) == set(after) and before != after:
        yield Difference(OTHER, where, f"the order is now {', '.join(map(new, after))}")


def _escalations(where: str, before: AiPolicy, after: AiPolicy) -> Iterator[Difference]:
    old, new = ({each.key: each for each in policy.escalate} for policy in (before, after))
    for sign, key in changes(old, new):
        rule = (old if sign == GONE else new)[key]
        words = "escalates otherwise" if sign == OTHER else "escalates"
        yield Difference(sign, where, f"{words}, because “{rule.because}”: {rule.when.source}")


def _changed(before: Any, after: Any) -> Iterator[str]:
    """Which parts of an entry say something else, and what where that is short."""
    for part in fields(before):
        old, new = getattr(before, part.name), getattr(after, part.name)
        if part.init and part.compare and old != new:
            name = part.name.replace("_", " ")
            said = _said(new)
            yield f"{name} is now {said}" if said is not None else f"{name} changed"


def _said(value: object) -> str | None:
    if isinstance(value, Condition):
        return value.source
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "not set"
    text = str(value)
    return text if isinstance(value, int | str) and len(text) <= 60 and "\n" not in text else None


def _by_key(statuses: Sequence[Status]) -> dict[str, Status]:
    return {status.key: status for status in statuses}
