"""The section `policies`: refuses rules that decide nothing, facts that nothing gives, caps on amounts nobody knows."""

from collections.abc import Mapping

from threadline import ActionSpec
from ticketing.playbook.action_conditions import kind_of
from ticketing.playbook.conditions import Expression
from ticketing.playbook.kinds import ANY, NUMBER, YES_NO, Kind, Names
from ticketing.playbook.language.callings import arguments, case_names, require_facts, require_given, require_kind
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.problems import Path
from ticketing.playbook.language.resolving_models import Otherwise as Written
from ticketing.playbook.language.resolving_models import Policy, Rule
from ticketing.playbook.possible import named
from ticketing.playbook.resolving import ActionPolicy, Calling, FactSource, Otherwise, PolicyRule

CONFIRMED = "confirmed"  # whether the customer said yes to exactly this call
_AMOUNT = "earlier.amount"


def action_policies(known: Known) -> dict[str, ActionPolicy]:
    """Every policy by the name of its action, checked."""
    return {action: _Policy(action, entry, known).made() for action, entry in known.document.policies.items()}


def decided_names(action: str, known: Known) -> Names:
    """What is known when it was decided about an action: what policy may ask about, and the arguments and facts."""
    policy = known.document.policies.get(action)
    spec = known.spec(action)
    facts = {name: _fact_kind(each.action, known) for name, each in policy.facts.items()} if policy else ANY
    return {**case_names(known), "facts": facts, "arguments": kind_of(spec.arguments) if spec else ANY}


def _fact_kind(action: str, known: Known) -> "Kind | Names":
    spec = known.spec(action)
    return kind_of(spec.result) if spec else ANY


class _Policy:
    def __init__(self, action: str, entry: Policy, known: Known) -> None:
        self.action, self.entry, self.known = action, entry, known
        self.path: Path = ("policies", action)

    def made(self) -> ActionPolicy:
        spec = self._spec()
        names = decided_names(self.action, self.known)
        if spec is None and self.known.actions is not None:
            names = {**names, "arguments": ANY}
        chosen = {**names, "arguments": _without(names["arguments"], self.entry.sets)}
        facts = self._facts(chosen)
        sets = arguments((*self.path, "sets"), self.entry.sets, spec, chosen, self.known)
        for name in sets:
            require_facts((*self.path, "sets", name), chosen, self.known)
        amount = self._amount(names)
        return ActionPolicy(
            action=self.action,
            facts=facts,
            sets=sets,
            rules=self._rules({**names, CONFIRMED: YES_NO}),
            amount=amount,
            window=self.entry.window,
        )

    def _spec(self) -> ActionSpec | None:
        known = self.known
        spec = known.spec(self.action)
        if spec is not None and not spec.writes:
            message = f"Action {self.action} only reads: it needs no policy"
            known.report.add(self.path, message, "Take it out, or name one that writes.", at_key=True)
            return None
        return known.action(self.path, self.action, writes=True, at_key=True)

    def _facts(self, chosen: Names) -> tuple[FactSource, ...]:
        """In their order: each may ask about those before it, and about what a brain chose, not what policy sets."""
        found: list[FactSource] = []
        kinds = chosen["facts"]
        for name, entry in self.entry.facts.items():
            path: Path = (*self.path, "facts", name)
            spec = self.known.action((*path, "call"), entry.action, writes=False)
            before = {each.name: kinds[each.name] if isinstance(kinds, Mapping) else ANY for each in found}
            names = {key: kind for key, kind in chosen.items() if key not in ("earlier", "facts")}
            if before:
                names["facts"] = before
            made = arguments((*path, "with"), entry.arguments, spec, names, self.known)
            hint = "Add it: with: {{{name}: arguments.…}}."
            require_given((*path, "call"), entry.arguments, spec, self.known, hint=hint)
            if entry.not_found is not None:
                self.known.require((*path, "not_found"), "replies", "reply", entry.not_found)
            found.append(FactSource(name, Calling(entry.action, made), entry.not_found))
        return tuple(found)

    def _amount(self, names: Names) -> Expression | None:
        if self.entry.amount is None:
            return None
        path: Path = (*self.path, "amount")
        made = self.known.value(path, self.entry.amount, names)
        if made is None:
            return None
        require_kind(path, made[1], NUMBER, "the amount", self.known, optional=False)
        require_facts(path, names, self.known)
        return made[0]

    def _rules(self, names: Names) -> tuple[PolicyRule, ...]:
        found: dict[str, PolicyRule] = {}
        for index, entry in enumerate(self.entry.rules):
            path: Path = (*self.path, "rules", index)
            if entry.rule in found:
                self.known.report.add((*path, "rule"), f"There is a rule {entry.rule} already", "Name one otherwise.")
            rule = self._rule(path, entry, names)
            if rule is not None:
                found[entry.rule] = rule
        return tuple(found.values())

    def _rule(self, path: Path, entry: Rule, names: Names) -> PolicyRule | None:
        holds = self.known.condition((*path, "holds"), entry.holds, names)
        require_facts((*path, "holds"), names, self.known)
        otherwise = self._otherwise((*path, "otherwise"), entry.otherwise)
        if entry.tell is not None:
            self._tell((*path, "tell"), entry.tell, otherwise)
        if holds is None or otherwise is None:
            return None
        tree = self.known.trees[(*path, "holds")]
        asked = named(tree, names)
        if _AMOUNT in asked and self.entry.amount is None:
            message = (
                f"This is about what {self.action} gave away earlier, and the policy does not say how much that is"
            )
            self.known.report.add((*path, "holds"), message, "Add a line amount: arguments.…")
        if (otherwise is Otherwise.CONFIRM) is not (CONFIRMED in asked):
            self._told_confirmation(path, otherwise)
        tell = entry.otherwise.confirm if otherwise is Otherwise.CONFIRM else entry.tell
        return PolicyRule(entry.rule, holds, entry.because, otherwise, entry.otherwise.approval, tell)

    def _otherwise(self, path: Path, entry: Written) -> Otherwise | None:
        said = [name for name in type(entry).model_fields if getattr(entry, name) is not None]
        if len(said) != 1:
            message = f"One thing follows, and this says {' and '.join(said) or 'nothing'}"
            self.known.report.add(path, message, "Write person, refuse, {confirm: NAME} or {approval: NAME}.")
            return None
        if entry.approval is not None:
            self.known.require((*path, "approval"), "approvals", "approval", entry.approval)
        if entry.confirm is not None:
            self.known.require((*path, "confirm"), "replies", "reply", entry.confirm)
        return Otherwise(said[0])

    def _tell(self, path: Path, reply: str, otherwise: Otherwise | None) -> None:
        self.known.require(path, "replies", "reply", reply)
        if otherwise in (Otherwise.APPROVAL, Otherwise.CONFIRM):
            message = f"Nothing is told here: {otherwise} does not end it"
            self.known.report.add(path, message, "Tell with person or refuse, or take the line out.", at_key=True)

    def _told_confirmation(self, path: Path, otherwise: Otherwise) -> None:
        if otherwise is Otherwise.CONFIRM:
            message = "The customer's yes would change nothing here"
            self.known.report.add((*path, "holds"), message, f"Ask whether it is {CONFIRMED}.")
        else:
            message = f"Nobody asks the customer here, so it is never {CONFIRMED}"
            self.known.report.add((*path, "holds"), message, "Write otherwise: {confirm: NAME of a saved reply}.")


def _without(kinds: "Kind | Names", keys: Mapping[str, str]) -> "Kind | Names":
    """What policy sets comes from facts: it is not known before them."""
    return {name: kind for name, kind in kinds.items() if name not in keys} if isinstance(kinds, Mapping) else kinds
