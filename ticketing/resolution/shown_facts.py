"""What policy decided by, for people: what its rules look at first, in the rules' order, and then the rest. Pure."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ticketing.fields.numbers import places
from ticketing.playbook.resolving import ActionPolicy
from ticketing.resolution.record import from_json
from ticketing.resolution.run import Json, Step

_MOST = 20
_LONGEST = 120  # characters of a value

Line = tuple[str, str]  # a label and a value


@dataclass(frozen=True, slots=True)
class ShownFacts:
    """`looked_at`: by the rules. `others`: what else was known, such as what an order was for. All of it is
    `looked_at` where the playbook says nothing of this action any more.
    """

    looked_at: tuple[Line, ...] = ()
    others: tuple[Line, ...] = ()


def facts_of(step: Step, policy: ActionPolicy | None) -> ShownFacts:
    """Of a verdict. `policy`: of its action, as it is now."""
    names = _group(_group(step.inputs.get("context")).get("names"))
    facts = _group(names.get("facts"))
    every = [(name, key) for name in sorted(facts) for key in _keys(facts[name])]
    wanted = list(dict.fromkeys(_wanted(policy))) if policy is not None else []
    first = [each for each in wanted if each in every] + [each for each in every if not each[1]]
    paid = _paid(policy)
    currency = _group(_group(step.outputs.get("verdict")).get("arguments")).get("currency")

    def line(name: str, key: str) -> Line:
        value = _group(facts[name])[key] if key else facts[name]
        label = f"{name} {key}".strip()
        if isinstance(value, Mapping) and "$at" in value:
            label = label.removesuffix(" at").removesuffix("_at")
        money = currency[:3] if (name, key) in paid and isinstance(currency, str) else ""
        return worded(label), said(value, currency=money, found=bool(key))

    looked_at = [line(*each) for each in first]
    if policy is not None and any(rule.holds.members("earlier") for rule in policy.rules):
        looked_at += _earlier(names.get("earlier"), policy)
    others = [line(*each) for each in every if each not in first]
    if not any(key for _, key in first):
        return ShownFacts(tuple((looked_at + others)[:_MOST]))
    return ShownFacts(tuple(looked_at[:_MOST]), tuple(others[:_MOST]))


def said(value: Json, *, currency: str = "", found: bool = True) -> str:
    """A value as the record holds it, for people: "250.00 USD", "20 Nov 2026". Of an instant its day, in UTC."""
    if isinstance(value, Mapping):
        with suppress(ValueError, TypeError):
            value = from_json(value)
    if value is None:
        return "none" if found else "not found"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.day} {value:%b %Y}"
    if currency and isinstance(value, int | float):
        return f"{Decimal(str(value)):.{places(currency)}f} {currency}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    words = str(value)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def worded(name: str) -> str:
    """A key as a label."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _group(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _keys(fact: Json) -> list[str]:
    """Of the single values in it; PostgreSQL keeps no order. One key without a name: it is no group."""
    if not isinstance(fact, Mapping):
        return [""]
    return sorted(key for key, value in fact.items() if not isinstance(value, list) and _is_single(value))


def _is_single(value: Json) -> bool:
    return not isinstance(value, Mapping) or (len(value) == 1 and next(iter(value)).startswith("$"))


def _wanted(policy: ActionPolicy) -> Iterator[tuple[str, str]]:
    """Fact and key of everything that rules ask about, and that arguments are made of."""
    amount = (policy.amount,) if policy.amount is not None else ()
    for each in (*(rule.holds for rule in policy.rules), *policy.sets.values(), *amount):
        for source in policy.facts:
            yield from ((source.name, key) for key in each.members("facts", source.name))


def _paid(policy: ActionPolicy | None) -> frozenset[tuple[str, str]]:
    """What the amount is taken from as it stands: money, in the currency of the call."""
    if policy is None or policy.amount is None:
        return frozenset()
    source = policy.amount.source
    given = policy.sets.get(source.removeprefix("arguments."))
    source = (given.source if given is not None else source).strip()
    return frozenset(
        (fact.name, source.removeprefix(f"facts.{fact.name}."))
        for fact in policy.facts
        if source.startswith(f"facts.{fact.name}.")
    )


def _earlier(earlier: Json, policy: ActionPolicy) -> Iterator[Line]:
    """What this customer was given before, which caps count."""
    known = _group(earlier)
    count, amount = known.get("count"), known.get("amount")
    if not isinstance(count, int):
        return
    times = {0: "nothing", 1: "once"}.get(count, f"{count} times")
    said = known.get("currencies")
    currencies = [str(each) for each in said] if isinstance(said, list) else []
    worth = ""
    if count and isinstance(amount, int | float) and amount and len(currencies) < 2:
        worth = f", {' '.join((f'{amount:.2f}', *currencies))} in all"
    yield f"Done for them before, in {policy.window.days} days", f"{times}{worth}"
