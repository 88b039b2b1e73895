"""Where recipes lead: refuses moves that the AI may not make, and ends at which nobody knows of anything."""

from collections.abc import Collection, Iterator

from ticketing.playbook.fields import Field
from ticketing.playbook.grants import Grant
from ticketing.playbook.language.journeys import certain
from ticketing.playbook.language.lifecycles import Drawn
from ticketing.playbook.language.names import BUILT_IN, Known
from ticketing.playbook.language.problems import Path
from ticketing.playbook.lifecycle import StatusCategory, Transition
from ticketing.playbook.playbook import Playbook, TicketType
from ticketing.playbook.possible import Value, can_hold, named
from ticketing.playbook.resolving import ASKING, MoveTo, Recipe, Tell

_UNTOUCHED = {StatusCategory.OPEN, StatusCategory.ACTIVE}


def check_recipes(playbook: Playbook, drawn: dict[str, Drawn], known: Known) -> None:
    """Each recipe on each type that has it; those that none has."""
    users = {key: [each for each in playbook.types.values() if key in each.ai.recipes] for key in playbook.recipes}
    for key, types in users.items():
        if not types and not known.broken["types"]:
            hint = "Name it in the recipes of a type's ai, or take it out."
            known.report.add(("recipes", key), f"No type has recipe {key}", hint, at_key=True)
    for kind in playbook.types.values():
        own = drawn.get(kind.lifecycle)
        if own is None:
            continue
        begins = kind.ai.begins is None or _can_begin(kind, kind.ai.begins, own, known)
        for key in kind.ai.recipes:
            if key in playbook.recipes:
                _Walk(playbook.recipes[key], kind, own, playbook, known).check(moves=begins)


def _can_begin(kind: TicketType, begins: str, drawn: Drawn, known: Known) -> bool:
    """Whether the AI could work on tickets there. It has to be able to put new ones there, with what they have."""
    path: Path = ("types", kind.key, "ai", "begins")
    lifecycle = drawn.lifecycle
    if not lifecycle.knows(begins):
        known.report.unknown(path, "status", begins, [each.key for each in lifecycle.statuses])
        return False
    if not lifecycle.status(begins).category.is_live:
        message = f"The AI begins in {begins}, a status of category {lifecycle.status(begins).category}"
        known.report.add(path, message, "Begin in an open, active or pending status.")
        return False
    for origin in lifecycle.created_in:
        if origin == begins or not lifecycle.knows(origin):
            continue
        arrow = lifecycle.transition(origin, begins)
        if not _is_granted(path, [arrow] if arrow else [], [origin], begins, known):
            continue
        assert arrow is not None
        for name in _needed(arrow, drawn):
            message = f"The way from {origin} to {begins} needs {name}, which a new ticket may not have"
            known.report.add(path, message, "Begin in another status, or leave the line out.")
        if arrow.approval is not None:
            message = f"The way from {origin} to {begins} needs an approval"
            known.report.add(path, message, "Begin in another status, or leave the line out.")
    return True


def _needed(arrow: Transition, drawn: Drawn, given: Collection[str] = ()) -> list[str]:
    """What the AI could not give on this way."""
    needed = {*arrow.requires, *drawn.lifecycle.status(arrow.to).requires} - {"category", "priority"}
    return sorted(needed - certain(drawn.lifecycle)[arrow.origin] - set(given))


def _is_granted(path: Path, arrows: list[Transition], origins: Collection[str], to: str, known: Known) -> bool:
    where = " or ".join(sorted(origins))
    if not arrows:
        hint = f"Add one to transitions: from: {min(origins)}, to: {to}, by: [ai]."
        known.report.add(path, f"There is no transition from {where} to {to}", hint)
        return False
    if not any(Grant.AI in each.by.kinds for each in arrows):
        message = f"The AI may not move a ticket from {where} to {to}"
        known.report.add(path, message, "Add ai to by of that transition.")
        return False
    return True


class _Walk:
    """One recipe on tickets of one type."""

    def __init__(self, recipe: Recipe, kind: TicketType, drawn: Drawn, playbook: Playbook, known: Known) -> None:
        self.recipe, self.kind, self.drawn, self.playbook, self.known = recipe, kind, drawn, playbook, known
        self.path: Path = ("recipes", recipe.key)
        self.given = {*recipe.sets, *recipe.fills, *recipe.asks}

    def check(self, *, moves: bool) -> None:
        self._fields()
        self._applies()
        if moves and self._is_whole():
            self._moves()

    def _is_whole(self) -> bool:
        """Whether all of its steps could be read; else something of them is told already."""
        return len(self.recipe.then) == len(self.known.document.recipes[self.recipe.key].then)

    def _fields(self) -> None:
        """What it asks for, sets and fills has to be there."""
        own = self.kind.fields
        for part, keys in (("asks", self.recipe.asks), ("sets", self.recipe.sets), ("fills", self.recipe.fills)):
            for key in keys:
                self._require_field((*self.path, part, key), key, at_key=True)
        for name in self.recipe.calling.arguments:
            path = (*self.path, "do", "with", name)
            for key in sorted(self._asked(path)):
                self._require_field(path, key)
        self._require_confirmer()
        for rule in self._approvals():
            approval = self.playbook.approvals.get(rule)
            for key in (*approval.binds, *([approval.amount] if approval.amount else [])) if approval else ():
                if key not in own and self.known.has("fields", key):
                    message = f"Approval {rule} is about field {key}, and type {self.kind.key} does not have it"
                    hint = f"Add {key} to the fields of type {self.kind.key}."
                    self.known.report.add((*self.path, "do", "call"), message, hint)

    def _require_confirmer(self) -> None:
        """An action may want an approval of its own accord; who gives it, the type says."""
        action = self.recipe.calling.action
        if self._wants_approval() and self.kind.ai.confirm is None:
            message = f"Action {action} wants an approval in some cases, and type {self.kind.key} does not say whose"
            hint = f"Add a line confirm: NAME of an approval to ai of type {self.kind.key}."
            self.known.report.add((*self.path, "do", "call"), message, hint)

    def _wants_approval(self) -> bool:
        spec = self.known.spec(self.recipe.calling.action)
        return spec is not None and spec.approval is not None

    def _require_field(self, path: Path, key: str, *, at_key: bool = False) -> None:
        if key not in self.kind.fields and self.known.has("fields", key):
            message = f"This is about field {key}, and type {self.kind.key} does not have it"
            hint = f"Add {key} to the fields of type {self.kind.key}, or take the recipe out there."
            self.known.report.add(path, message, hint, at_key=at_key)

    def _asked(self, path: Path) -> set[str]:
        tree = self.known.trees.get(path)
        asked = named(tree, self.known.conditions) if tree is not None else {}
        return {name.removeprefix("fields.") for name in asked if name.startswith("fields.")}

    def _approvals(self) -> Iterator[str]:
        """Those that are asked for before the action: by policy, and by how far the AI may go here."""
        policy = self.playbook.action_policies.get(self.recipe.calling.action)
        yield from (rule.approval for rule in (policy.rules if policy else ()) if rule.approval is not None)
        ai = self.kind.ai
        asks = ai.autonomy in ASKING or ai.earns is not None or self._wants_approval()
        if self.kind.ai.confirm is not None and asks:
            yield self.kind.ai.confirm

    def _applies(self) -> None:
        path = (*self.path, "when")
        tree = self.known.trees.get(path)
        if tree is None:
            return
        absent: dict[str, Value] = {f"fields.{key}": None for key in self._asked(path) if key not in self.kind.fields}
        fixed: dict[str, Value] = {"ticket.type": self.kind.key, **absent}
        if not can_hold(tree, self.known.conditions, fixed):
            message = f"This never holds for type {self.kind.key}: the recipe could never be used there"
            self.known.report.add(path, message, "Change the condition, or take the recipe out there.")

    def _moves(self) -> None:
        lifecycle = self.drawn.lifecycle
        here = {self.kind.ai.begins} if self.kind.ai.begins else set(lifecycle.created_in)
        here = {key for key in here if lifecycle.knows(key)}
        first = True
        for index, step in enumerate(self.recipe.then):
            path: Path = (*self.path, "then", index)
            if isinstance(step, Tell):
                self._check_offer(path, step, here)
                continue
            if not lifecycle.knows(step.to):
                self.known.report.unknown((*path, "move"), "status", step.to, [each.key for each in lifecycle.statuses])
                return
            if not self._move((*path, "move"), step, here, first=first):
                return
            here, first = {step.to} | (here if step.when is not None else set()), False
        if here and all(lifecycle.status(key).category in _UNTOUCHED for key in here):
            where = " or ".join(sorted(here))
            message = f"The ticket stays in {where}: it looks as if it still had to be worked on"
            hint = "Add a step move: … to a pending, resolved or closed status."
            self.known.report.add((*self.path, "then"), message, hint, at_key=True)

    def _move(self, path: Path, step: MoveTo, here: set[str], *, first: bool) -> bool:
        """Whether it is worth going on from there."""
        lifecycle = self.drawn.lifecycle
        origins = here - {step.to}
        if not origins:
            return True
        arrows = [arrow for key in sorted(origins) if (arrow := lifecycle.transition(key, step.to)) is not None]
        if not _is_granted(path, arrows, origins, step.to, self.known):
            return False
        for arrow in arrows:
            if Grant.AI in arrow.by.kinds:
                self._check_needs(path, step, arrow)
                self._check_gate(path, arrow, first=first)
        return True

    def _check_needs(self, path: Path, step: MoveTo, arrow: Transition) -> None:
        given = {*self.given, *(["note"] if step.note else [])}
        for name in _needed(arrow, self.drawn, given):
            way = f"The way from {arrow.origin} to {arrow.to} needs"
            if name == "note":
                self.known.report.add(path, f"{way} a note", "Write note: … beside it.")
            elif name in BUILT_IN:
                self.known.report.add(path, f"{way} {name}, which the AI does not give", "Lead elsewhere.")
            elif name in self.kind.fields and not self._is_shown_only(name):
                hint = f"Give it: sets: {{{name}: …}} or fills: {{{name}: …}}."
                self.known.report.add(path, f"{way} field {name}, which may be empty", hint)

    def _is_shown_only(self, name: str) -> bool:
        """A field that may be hidden is not asked for then: whether it is, nobody can say here."""
        field: Field | None = self.playbook.fields.get(name)
        return field is not None and field.show is not None

    def _check_gate(self, path: Path, arrow: Transition, *, first: bool) -> None:
        action = self.recipe.calling.action
        if arrow.approval is None or action not in self.playbook.action_policies:
            return  # without a policy it is never done, which is told already
        if first and arrow.approval in set(self._approvals()):
            return
        way = f"The way from {arrow.origin} to {arrow.to}"
        message = f"{way} may need approval {arrow.approval}, which nobody is asked for before it is done"
        hint = f"Let a rule of the policy of {action} ask for it: otherwise: {{approval: …}}."
        if not first:
            hint = "Put this move first, or take the approval out of that transition."
        self.known.report.add(path, message, hint)

    def _check_offer(self, path: Path, step: Tell, here: set[str]) -> None:
        lifecycle = self.drawn.lifecycle
        if step.accepted is not None and step.accepted == step.declined:
            place = (*path, "offer", "declined")
            self.known.report.add(place, "Accept and Not solved lead to the same status", "Let them differ.")
        for name, to in (("accepted", step.accepted), ("declined", step.declined)):
            place = (*path, "offer", name)
            if to is None:
                continue
            if not lifecycle.knows(to):
                self.known.report.unknown(place, "status", to, [each.key for each in lifecycle.statuses])
                continue
            arrows = [arrow for key in sorted(here) if (arrow := lifecycle.transition(key, to)) is not None]
            if not any(Grant.CUSTOMER in arrow.by.kinds for arrow in arrows):
                where = " or ".join(sorted(here))
                hint = f"Add to transitions: from: {min(here)}, to: {to}, by: [customer]."
                self.known.report.add(place, f"The customer may not move a ticket from {where} to {to}", hint)
