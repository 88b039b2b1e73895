"""What the AI may do otherwise in another playbook, and where limits moved: which way."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.conditions import Expression
from ticketing.playbook.difference import GONE, NEW, OTHER, Difference, changes
from ticketing.playbook.limits import looser
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import (
    ActionPolicy,
    Autonomy,
    Budget,
    Calling,
    Earning,
    FactSource,
    MoveTo,
    Otherwise,
    PolicyRule,
    Recipe,
    Tell,
)
from ticketing.playbook.wording import approval, long

_LOOSER, _STRICTER = ": lets more pass", ": lets less pass"
_BUDGET = {
    "runs_per_ticket": "times it may begin on a ticket",
    "cost_per_ticket": "dollars it may cost on a ticket",
    "runs_per_month": "times it may begin in a month",
    "amount_per_month": "what it may give away in a month",
}


def autonomy_differences(where: str, before: AiPolicy, after: AiPolicy, playbook: Playbook) -> Iterator[Difference]:
    """Of one type; `playbook`: the later one."""
    if before.autonomy is not after.autonomy:
        levels = list(Autonomy)
        more = levels.index(after.autonomy) > levels.index(before.autonomy)
        way = "goes further" if more else "goes less far"
        words = f"the AI {way}: {_plain(after.autonomy)}, was {_plain(before.autonomy)}"
        yield Difference(OTHER, where, words)
    yield from _earning(where, before.earns, after.earns)
    if before.confidence != after.confidence:
        way = _LOOSER if after.confidence < before.confidence else _STRICTER
        words = f"the AI has to be {after.confidence:.0%} sure, was {before.confidence:.0%}{way}"
        yield Difference(OTHER, where, words)
    for name, was, now in (
        ("begins in", before.begins, after.begins),
        ("is confirmed by", before.confirm, after.confirm),
        ("hands over with", before.hands_over, after.hands_over),
    ):
        if was != now:
            yield Difference(OTHER, where, f"the AI {name} {now or 'nothing'} now, was {was or 'nothing'}")
    for sign, keys, known in ((NEW, after.recipes, before.recipes), (GONE, before.recipes, after.recipes)):
        for key in keys:
            if key not in known:
                label = playbook.recipes[key].label if key in playbook.recipes else key
                yield Difference(sign, where, f"the AI's recipe {label}")
    yield from _budget(where, before.budget, after.budget)


def _earning(where: str, before: Earning | None, after: Earning | None) -> Iterator[Difference]:
    if before == after:
        return
    if after is None:
        yield Difference(GONE, where, "what the AI may do is not earned any more, and not lost: it stays as it is now")
        return
    words = f"the AI earns it from {_plain(after.start)}: {after.precision:.0%} right of {after.over}"
    if before is not None:
        words += f", was from {_plain(before.start)}: {before.precision:.0%} of {before.over}"
    yield Difference(NEW if before is None else OTHER, where, words)


def _budget(where: str, before: Budget, after: Budget) -> Iterator[Difference]:
    for name, words in _BUDGET.items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            more = now is None or (was is not None and now > was)
            way = _LOOSER if more else _STRICTER
            yield Difference(OTHER, where, f"{words}: {_amount(now)}, was {_amount(was)}{way}")


def _amount(value: int | Decimal | None) -> str:
    return "no limit" if value is None else f"{value:,}"


def recipe_differences(before: Playbook, after: Playbook) -> Iterator[Difference]:
    old, new = before.recipes, after.recipes
    for sign, key in changes(old, new):
        recipe = (old if sign == GONE else new)[key]
        if sign != OTHER:
            yield Difference(sign, "Recipes", f"{recipe.label}: {_call(recipe.calling)}")
            continue
        where = f"Recipe {recipe.label}"
        if old[key].label != recipe.label:
            yield Difference(OTHER, where, f"was called “{old[key].label}”")
        was, now = list(_marks(old[key])), list(_marks(recipe))
        yield from (Difference(NEW, where, mark) for mark in now if mark not in was)
        yield from (Difference(GONE, where, mark) for mark in was if mark not in now)


def _marks(recipe: Recipe) -> Iterator[str]:
    """What a recipe says, one line each."""
    if recipe.when is not None:
        yield f"only if {recipe.when.source}"
    yield from (f"asks for {field} with {reply}" for field, reply in recipe.asks.items())
    yield f"does {_call(recipe.calling)}"
    yield from (f"may read {action}" for action in recipe.reads)
    yield from (f"{field} is {value}" for field, value in recipe.sets.items())
    yield from (f"{field} is {value.source}" for field, value in recipe.fills.items())
    for number, step in enumerate(recipe.then, start=1):
        yield f"step {number}: {_step(step)}" + (f", only if {step.when.source}" if step.when else "")


def _step(step: MoveTo | Tell) -> str:
    if isinstance(step, MoveTo):
        return f"to {step.to}" + (f", noting “{step.note}”" if step.note else "")
    offered = f" (yes: {step.accepted}, no: {step.declined})" if step.accepted else ""
    return f"tell {step.reply}{offered}"


def _call(calling: Calling) -> str:
    return f"{calling.action}({', '.join(f'{name}: {each.source}' for name, each in calling.arguments.items())})"


def policy_differences(before: Playbook, after: Playbook) -> Iterator[Difference]:
    old, new = before.action_policies, after.action_policies
    for sign, action in changes(old, new):
        if sign == NEW:
            words = f"{action}: the AI may call it, under {_counted(len(new[action].rules))}"
            yield Difference(NEW, "Policies", words)
        elif sign == GONE:
            yield Difference(GONE, "Policies", f"{action}: the AI may never call it any more")
        else:
            yield from _policy(f"Policy {action}", old[action], new[action], before, after)


def _counted(rules: int) -> str:
    return f"{rules} rule{'' if rules == 1 else 's'}"


def _policy(
    where: str, old: ActionPolicy, new: ActionPolicy, before: Playbook, after: Playbook
) -> Iterator[Difference]:
    was, now = _rules(old), _rules(new)
    for sign, key in changes(was, now):
        rule = (was if sign == GONE else now)[key]
        if sign == OTHER:
            for words in _rule(was[key], now[key], before, after):
                yield Difference(OTHER, where, f"rule {key}: {words}")
        else:
            playbook = before if sign == GONE else after
            said = f"rule {key}: {rule.holds.source}, else {_otherwise(rule, playbook)}"
            yield Difference(sign, where, said)
    if was.keys() == now.keys() and list(was) != list(now):
        yield Difference(OTHER, where, f"its rules are now in the order {', '.join(now)}")
    yield from _parts(where, old, new)


def _parts(where: str, old: ActionPolicy, new: ActionPolicy) -> Iterator[Difference]:
    facts = ({each.name: each for each in policy.facts} for policy in (old, new))
    for sign, name in changes(*facts):
        fact = _fact(next(each for each in (old if sign == GONE else new).facts if each.name == name))
        yield Difference(sign, where, f"fact {name} comes from {fact}")
    for sign, name in changes(old.sets, new.sets):
        source = (old if sign == GONE else new).sets[name].source
        yield Difference(sign, where, f"{name} is {source}" + _was(old.sets, name, sign))
    if old.amount != new.amount:
        said = f"is {new.amount.source}" if new.amount else "is not known any more"
        yield Difference(OTHER, where, f"what it costs {said}")
    if old.window != new.window:
        yield Difference(OTHER, where, f"it looks back on {long(new.window)}, was {long(old.window)}")


def _fact(fact: FactSource) -> str:
    return _call(fact.calling) + (f", told by {fact.not_found} if there is none" if fact.not_found else "")


def _was(old: Mapping[str, Expression], name: str, sign: str) -> str:
    return f", was {old[name].source}" if sign == OTHER else ""


def _rule(old: PolicyRule, new: PolicyRule, before: Playbook, after: Playbook) -> Iterator[str]:
    if old.holds != new.holds:
        moved = looser(old.holds.source, new.holds.source)
        way = "" if moved is None else _LOOSER if moved else _STRICTER
        yield f"{new.holds.source}, was {old.holds.source}{way}"
    if (old.otherwise, old.approval) != (new.otherwise, new.approval):
        levels = list(Otherwise)
        step = levels.index(new.otherwise) - levels.index(old.otherwise)
        way = ": milder" if step < 0 else ": stricter" if step > 0 else ""
        yield f"else {_otherwise(new, after)}, was {_otherwise(old, before)}{way}"
    if old.because != new.because:
        yield f"because “{new.because}”"
    if old.tell != new.tell:
        yield f"tells {new.tell or 'nothing'}, was {old.tell or 'nothing'}"


def _otherwise(rule: PolicyRule, playbook: Playbook) -> str:
    match rule.otherwise:
        case Otherwise.APPROVAL:
            return f"approval {approval(rule.approval or '', playbook)}"
        case Otherwise.CONFIRM:
            return "the customer confirms"
        case Otherwise.PERSON:
            return "a person takes it"
    return "it is refused"


def _rules(policy: ActionPolicy) -> dict[str, PolicyRule]:
    return {each.key: each for each in policy.rules}


def _plain(autonomy: Autonomy) -> str:
    return autonomy.value.replace("_", " ")
