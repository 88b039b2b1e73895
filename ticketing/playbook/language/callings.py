"""One call of an action as recipes and policies write it: its parameters, and what each is made of."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from threadline import ActionSpec
from ticketing.playbook.action_conditions import kind_of
from ticketing.playbook.closest import closest
from ticketing.playbook.conditions import Expression
from ticketing.playbook.expressions import Literal, Tree, dotted
from ticketing.playbook.fields import Source
from ticketing.playbook.fitting import fits, strangers
from ticketing.playbook.kinds import NUMBER, TEXT, WHOLE, YES_NO, Kind, Names, list_of
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.problems import Path
from ticketing.playbook.possible import can_hold, named

_NOT_TOLD = {"actor", "sla"}  # nobody acts but the AI, and clocks are no reason to give or not to
_COUNTED = {"issues", "open_hours"}  # of a ticket: found out for who escalates it, and not here
_THEIR_WORDS = {"subject"}
_SAID = {Source.ENTITY, Source.INTENT, Source.CATEGORY, Source.SENTIMENT}  # what a brain reads out of their words


def ticket_names(known: Known) -> Names:
    """What recipes may ask about: a ticket, its fields, its customer."""
    names = {name: kind for name, kind in known.conditions.items() if name not in _NOT_TOLD}
    return {**names, "ticket": _without(names["ticket"], _COUNTED)}


def _without(group: "Kind | Names", keys: Collection[str]) -> Names:
    assert isinstance(group, Mapping)
    return {name: kind for name, kind in group.items() if name not in keys}


def case_names(known: Known) -> Names:
    """What policies may ask about beside arguments and facts: the same but for what customers write, and what of the
    customer is proven.
    """
    names = dict(ticket_names(known))
    names["ticket"] = _without(names["ticket"], _THEIR_WORDS)
    customer = names["customer"]
    assert isinstance(customer, Mapping)
    proven = {"emails": list_of(TEXT), "phones": list_of(TEXT), "proven": YES_NO}
    earlier = {"count": WHOLE, "amount": NUMBER}
    return {**names, "customer": {**customer, **proven}, "earlier": earlier}


def require_facts(path: Path, names: Names, known: Known) -> None:
    """Tells what decides by the customer's own words: by a field that is filled from them, or that they are asked for.

    `path`: of an expression that was checked.
    """
    tree = known.trees.get(path)
    if tree is None:
        return
    fields = known.document.fields
    asked = {key for recipe in known.document.recipes.values() for key in recipe.asks}
    said = {key for key, each in fields.items() if any(fill.split(":")[0] in _SAID for fill in each.fill)}
    for name in named(tree, names):
        group, _, key = name.partition(".")
        if group == "fields" and key in asked | said:
            message = f"{name} comes from what the customer writes: policy decides nothing by it"
            known.report.add(path, message, "Look it up: a name under facts, and facts.… here.")


def arguments(
    path: Path,
    written: Mapping[str, str],
    spec: ActionSpec | None,
    names: Names,
    known: Known,
    *,
    when: Tree | None = None,
) -> dict[str, Expression]:
    """What each parameter is made of, checked. `path`: of the mapping. `spec`: None, where it is not known here.

    `when`: the condition without which the call is never made: what it rules out needs no parameter that takes it.
    """
    parameters = {each.name: each for each in spec.parameters} if spec else None
    found: dict[str, Expression] = {}
    for name, source in written.items():
        place: Path = (*path, name)
        if spec is not None and parameters is not None and name not in parameters:
            known.report.add(place, f"Action {spec.name} takes no {name}", closest(name, parameters), at_key=True)
            continue
        made = known.value(place, source, names)
        if made is None:
            continue
        found[name] = made[0]
        if parameters is not None:
            shape = parameters[name].shape
            wanted = kind_of(shape, f"a {name}")
            require_kind(place, made[1], wanted, f"argument {name}", known, optional=shape.optional, when=when)
    return found


def require_given(path: Path, given: Collection[str], spec: ActionSpec | None, known: Known, *, hint: str) -> None:
    """Tells parameters that the action needs and nothing gives. `path`: of the call. `hint`: what to do."""
    for each in spec.parameters if spec else ():
        if each.required and each.name not in given:
            message = f"Nothing says what {each.name} of {spec.name if spec else ''} is"
            known.report.add(path, message, hint.format(name=each.name))


def require_kind(
    place: Path,
    given: Kind,
    wanted: "Kind | Names",
    what: str,
    known: Known,
    *,
    optional: bool = True,
    when: Tree | None = None,
) -> None:
    """Tells a value that is not of the kind that `what` holds."""
    if not fits(given, wanted, optional=optional):
        asked = replace(wanted, what="") if isinstance(wanted, Kind) else "a group of values"
        known.report.add(place, f"{what[0].upper()}{what[1:]} is {asked}, and this is {given}")
        return
    tree = known.trees.get(place)
    options = wanted.options if isinstance(wanted, Kind) else None
    if tree is None or options is None:
        return
    if isinstance(tree, Literal) and isinstance(tree.value, str) and tree.value not in options:
        known.report.add(place, f'"{tree.value}" is nothing that {what} can be', closest(tree.value, options))
    name = dotted(tree)
    for option in strangers(given, wanted) if name else ():
        if name is not None and (when is None or can_hold(when, known.conditions, {name: option})):
            hint = f"It can be: {', '.join(options)}. Leave others out by a condition (when)."
            known.report.add(place, f"{name} may be {option}, which {what} cannot be", hint)
