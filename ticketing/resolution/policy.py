"""Policy disposes: whether a proposed write is done, waits for somebody, or is not done (SPEC 7.5).

Pure and total: the same values, the same verdict, and never an error. What cannot be answered does not hold. It stands
in the rules and not in `ai/`: nothing that a model does reaches it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from threadline import OutcomeKind
from ticketing.fields.numbers import places
from ticketing.playbook.conditions import Condition, Context
from ticketing.playbook.resolving import ActionPolicy, Otherwise, PolicyRule
from ticketing.resolution.arguments import as_argument, currency_of, exact, fits, select
from ticketing.resolution.context import PolicyContext
from ticketing.resolution.run import Json
from ticketing.resolution.verdict import PolicyVerdict, RuleSaid, Ruling

MOST_AMOUNT = Decimal(10) ** 12

_RULING = {
    Otherwise.APPROVAL: Ruling.NEEDS_APPROVAL,
    Otherwise.CONFIRM: Ruling.NEEDS_CONFIRMATION,
    Otherwise.PERSON: Ruling.PERSON,
    Otherwise.REFUSE: Ruling.REFUSED,
}
_STRICT = {ruling: place for place, ruling in enumerate(Ruling)}


@dataclass(frozen=True, slots=True)
class _Failed:
    """What stands against it."""

    rule: str
    ruling: Ruling
    because: str
    approval: str | None = None
    tell: str | None = None


def judge(policy: ActionPolicy | None, proposed: Mapping[str, Json], context: PolicyContext) -> PolicyVerdict:
    """The verdict on a write with these arguments. Strictest wins: refused, person, confirmation, approval, allowed.

    Of rules that are alike strict the first that fails; among approvals the last, because rules go from mild to
    strict. An approval without a name is the action's own wish: whoever confirms for the type agrees.
    """
    if policy is None:
        because = "The playbook has no policy for it."
        return PolicyVerdict(Ruling.REFUSED, because, {}, decided_by="always.policy")
    return _Judgement(policy, context).of(proposed)


class _Judgement:
    def __init__(self, policy: ActionPolicy, context: PolicyContext) -> None:
        self.policy, self.context = policy, context
        self.failed: list[_Failed] = []
        self.said: list[RuleSaid] = []
        self.blind = False  # a fact could not be looked up

    def of(self, proposed: Mapping[str, Json]) -> PolicyVerdict:
        self._always()
        arguments = self._arguments(proposed)
        amount = self._amount(arguments)
        names = self.context.with_arguments(arguments, self.policy.action)
        self._own_approval(names)
        self._sums(arguments)
        self._rules(names)
        if isinstance(amount, _Failed):  # after the rules: theirs are better words for it
            self._against(amount)
            amount = None
        decisive = self._decisive()
        if decisive is None:
            return PolicyVerdict(Ruling.ALLOWED, "All rules hold.", arguments, tuple(self.said), amount)
        return PolicyVerdict(
            decisive.ruling,
            decisive.because,
            arguments,
            tuple(self.said),
            amount,
            decisive.rule,
            decisive.approval,
            decisive.tell,
        )

    def _arguments(self, proposed: Mapping[str, Json]) -> dict[str, Json]:
        """Those that it would be called with. What policy sets is not even looked at in the proposal."""
        own = self.policy.sets
        chosen = select({name: each for name, each in proposed.items() if name not in own}, self.context.arguments)
        if chosen.wrong:
            because = f"It cannot be called so: {'; '.join(chosen.wrong[:5])}."
            self._against(_Failed("always.arguments", Ruling.REFUSED, because))
        arguments = dict(chosen.values)
        names = self.context.with_arguments(arguments)
        for name, expression in own.items():
            shape = self.context.arguments.members.get(name)
            value = as_argument(expression.value(names))
            if value is None or shape is None or not fits(value, shape):
                self._against(_Failed("always.arguments", Ruling.PERSON, f"The {name} is not known."))
            else:
                arguments[name] = value
        if lacking := sorted(self.context.required - arguments.keys() - own.keys()):
            because = f"It cannot be called without {', '.join(lacking[:5])}."
            self._against(_Failed("always.arguments", Ruling.REFUSED, because))
        return arguments

    def _always(self) -> None:
        """What holds whatever a playbook says."""
        if not self.context.proven:
            self._against(_Failed("always.proven", Ruling.PERSON, "Nobody vouches for who wrote this."))
        known = self.context.names.get("facts") or {}
        for source in self.policy.facts:
            if known.get(source.name) is not None:
                continue
            if self.context.missing.get(source.name) is OutcomeKind.NOT_FOUND and source.not_found is not None:
                because = f"There is no such {source.name}."
                self._against(_Failed("always.facts", Ruling.REFUSED, because, tell=source.not_found))
            else:
                self.blind = True
                self._against(_Failed("always.facts", Ruling.PERSON, f"The {source.name} could not be looked up."))

    def _own_approval(self, names: Context) -> None:
        """What the action itself asks for."""
        if self.context.approval is None:
            return
        asks = _condition(self.context.approval)
        if asks is None or asks.holds(names, otherwise=True):
            because = "The action itself wants somebody to agree."
            self._against(_Failed("always.approval", Ruling.NEEDS_APPROVAL, because))

    def _sums(self, arguments: Mapping[str, Json]) -> None:
        """What earlier calls came to is of no use to a cap where they were made in another currency."""
        others = self.context.other_currencies(arguments)
        if others and any("amount" in each.holds.members("earlier") for each in self.policy.rules):
            said = ", ".join(each or "no currency" for each in others)
            because = f"Earlier ones were in {said}: what they come to together with this one is not known."
            self._against(_Failed("always.currency", Ruling.PERSON, because))

    def _rules(self, names: Context) -> None:
        for rule in self.policy.rules:
            answer = rule.holds.answer(names)
            self.said.append(RuleSaid(rule.key, answer is True, rule.because))
            if answer is True:
                continue
            ruling = _RULING[rule.otherwise]
            if _nobody_to_ask(rule):
                ruling = Ruling.PERSON
            if ruling is Ruling.REFUSED and self.blind and answer is not False:
                ruling = Ruling.PERSON  # it was not answered: the customer is not told that it is so
            approval = rule.approval if ruling is Ruling.NEEDS_APPROVAL else None
            self.failed.append(_Failed(rule.key, ruling, rule.because, approval, rule.tell))

    def _amount(self, arguments: dict[str, Json]) -> "Decimal | _Failed | None":
        """What it costs, to the last digit of its currency."""
        if self.policy.amount is None:
            return None
        number = exact(as_argument(self.policy.amount.value(self.context.with_arguments(arguments))))
        if number is None:
            return _Failed("always.amount", Ruling.PERSON, "The amount is not known.")
        step = Decimal(1).scaleb(-places(currency_of(arguments)))
        if not 0 < number <= MOST_AMOUNT or number % step:
            return _Failed("always.amount", Ruling.REFUSED, "The amount is none that can be paid.")
        amount = number.quantize(step)
        for name in self.policy.sets:
            if self.policy.amount.source == f"arguments.{name}":
                arguments[name] = str(amount)  # as money is written: 89.00
        return amount

    def _against(self, failed: _Failed) -> None:
        self.failed.append(failed)
        self.said.append(RuleSaid(failed.rule, False, failed.because))

    def _decisive(self) -> _Failed | None:
        if not self.failed:
            return None
        strictest = max(self.failed, key=lambda each: _STRICT[each.ruling]).ruling
        alike = [each for each in self.failed if each.ruling is strictest]
        return alike[-1] if strictest is Ruling.NEEDS_APPROVAL else alike[0]


def _nobody_to_ask(rule: PolicyRule) -> bool:
    """Nobody is named who could agree, or no words to ask the customer with."""
    return {Otherwise.APPROVAL: rule.approval, Otherwise.CONFIRM: rule.tell}.get(rule.otherwise, "") is None


@lru_cache(maxsize=256)
def _condition(source: str) -> Condition | None:
    """Compiled once: an action's own condition comes as text. None: it cannot be read."""
    try:
        return Condition(source)
    except ValueError:
        return None
