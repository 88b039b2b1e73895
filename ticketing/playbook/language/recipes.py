"""The section `recipes`: what each is made of. Where its moves lead is looked at in `recipe_ways.py`."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from ticketing.playbook import facts
from ticketing.playbook.closest import closest
from ticketing.playbook.conditions import Expression
from ticketing.playbook.fields import FieldKind
from ticketing.playbook.language.callings import arguments, require_given, require_kind, ticket_names
from ticketing.playbook.language.models import CustomField
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.policies import decided_names
from ticketing.playbook.language.problems import Path
from ticketing.playbook.language.replies import check_places
from ticketing.playbook.language.resolving_models import Follow
from ticketing.playbook.language.resolving_models import Recipe as Written
from ticketing.playbook.resolving import Calling, MoveTo, Recipe, Tell

_MANY = {FieldKind.MULTI_SELECT, FieldKind.FILE}


def recipes(known: Known) -> dict[str, Recipe]:
    """Every recipe, checked."""
    entries = known.document.recipes
    known.labels(("recipes",), [(key, each.label) for key, each in entries.items()], of="Recipes")
    return {key: _Recipe(key, entry, known).made() for key, entry in entries.items()}


class _Recipe:
    def __init__(self, key: str, entry: Written, known: Known) -> None:
        self.key, self.entry, self.known = key, entry, known
        self.path: Path = ("recipes", key)
        self.names = ticket_names(known)

    def made(self) -> Recipe:
        entry, known = self.entry, self.known
        when = known.condition((*self.path, "when"), entry.when, self.names)
        for field, reply in entry.asks.items():
            known.require((*self.path, "asks", field), "fields", "field", field, at_key=True)
            known.require((*self.path, "asks", field), "replies", "reply", reply)
        for place, action in known.each((*self.path, "reads"), entry.reads):
            known.action(place, action, writes=False)
        return Recipe(
            key=self.key,
            label=entry.label,
            calling=self._calling(),
            when=when,
            asks=entry.asks,
            reads=tuple(entry.reads),
            sets=dict(self._sets()),
            fills=dict(self._fills()),
            then=tuple(self._then()),
        )

    def _calling(self) -> Calling:
        path, known = (*self.path, "do"), self.known
        call = self.entry.do
        spec = known.action((*path, "call"), call.action, writes=True)
        when = known.trees.get((*self.path, "when"))
        made = arguments((*path, "with"), call.arguments, spec, self.names, known, when=when)
        policy = known.document.policies.get(call.action)
        if policy is None and not known.has("policies", call.action) and (spec or known.actions is None):
            hint = f"Add it under policies: {call.action}: …"
            known.report.add((*path, "call"), f"There is no policy for {call.action}: the AI may never call it", hint)
        if policy is not None:
            for name in call.arguments.keys() & policy.sets.keys():
                message = f"The policy of {call.action} sets {name}: what stands here is never looked at"
                known.report.add((*path, "with", name), message, "Take it out.", at_key=True)
            hint = f"Add it: with: {{{{{{name}}: …}}}}, or let the policy of {call.action} set it."
            given = {*call.arguments, *policy.sets}
            require_given((*path, "call"), given, spec, known, hint=hint)
        return Calling(call.action, made)

    def _sets(self) -> Iterator[tuple[str, str]]:
        for key, value in self.entry.sets.items():
            path: Path = (*self.path, "sets", key)
            if not self.known.require(path, "fields", "field", key, at_key=True):
                continue
            if key in self.entry.fills:
                self.known.report.add(path, f"Field {key} is filled by fills as well", "Keep one.", at_key=True)
            field = self.known.document.fields.get(key)
            if field is not None:
                self._require_literal(path, key, field, value)
            yield key, value

    def _require_literal(self, path: Path, key: str, field: CustomField, value: str) -> None:
        kind, report = FieldKind(field.kind), self.known.report
        if kind in _MANY:
            report.add(path, f"A {kind} field cannot be set here", "Take it out.")
        elif kind is FieldKind.DROPDOWN and value not in (field.options or {}):
            report.add(path, f'"{value}" is not an option of {key}', closest(value, field.options or {}))
        elif not _may_be(kind, value):
            report.add(path, f'Field {key} is {kind}, and "{value}" is none', _LIKE.get(kind, ""))

    def _fills(self) -> Iterator[tuple[str, Expression]]:
        names = {**self.names, **decided_names(self.entry.do.action, self.known)}
        for key, source in self.entry.fills.items():
            path: Path = (*self.path, "fills", key)
            known = self.known.require(path, "fields", "field", key, at_key=True)
            made = self.known.value(path, source, names)
            field = self.known.document.fields.get(key)
            if made is None or not known:
                continue
            yield key, made[0]
            if field is None:
                continue
            if FieldKind(field.kind) is FieldKind.FILE:
                self.known.report.add(path, "A file field cannot be filled here", "Take it out.")
            else:
                kind = facts.field_kind(FieldKind(field.kind), key, field.options or ())
                require_kind(path, made[1], kind, f"field {key}", self.known)

    def _then(self) -> Iterator[MoveTo | Tell]:
        for index, entry in enumerate(self.entry.then):
            path: Path = (*self.path, "then", index)
            when = self.known.condition((*path, "when"), entry.when, self.names)
            if (entry.move is None) is (entry.tell is None):
                said = "both" if entry.move is not None else "neither"
                message = f"One step moves or tells, and this says {said}"
                self.known.report.add(path, message, "Begin each with a dash of its own.")
                continue
            self._require_together(path, entry)
            if entry.move is not None:
                check_places((*path, "note"), entry.note or "", self.known)
                yield MoveTo(entry.move, entry.note or "", when)
            elif entry.tell is not None:
                self.known.require((*path, "tell"), "replies", "reply", entry.tell)
                offer = entry.offer
                yield Tell(entry.tell, offer.accepted if offer else None, offer.declined if offer else None, when)

    def _require_together(self, path: Path, entry: Follow) -> None:
        if entry.note is not None and entry.move is None:
            self.known.report.add((*path, "note"), "A note goes with move", "Take it out.", at_key=True)
        if entry.offer is not None and entry.tell is None:
            hint = "Add tell: NAME of a saved reply, on a line of its own."
            self.known.report.add((*path, "offer"), "An offer goes with tell", hint, at_key=True)


_LIKE: Mapping[FieldKind, str] = {
    FieldKind.NUMBER: "Write a number.",
    FieldKind.MONEY: "Write an amount, like 12.50.",
    FieldKind.DATE: "Write it like 2026-12-24.",
    FieldKind.CHECKBOX: "Write true or false.",
}


def _may_be(kind: FieldKind, value: str) -> bool:
    if kind is FieldKind.CHECKBOX:
        return value in ("true", "false")
    try:
        if kind is FieldKind.DATE:
            date.fromisoformat(value)
        elif kind in (FieldKind.NUMBER, FieldKind.MONEY):
            return Decimal(value).is_finite()
    except (ValueError, InvalidOperation):
        return False
    return True
