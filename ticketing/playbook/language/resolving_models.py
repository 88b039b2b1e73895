"""`recipes` and `policies` as they are written: what the AI may do by itself, and under which rules."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ticketing.playbook.language.written import (
    Entry,
    Expression,
    Few,
    Fixed,
    Hint,
    Key,
    Label,
    Length,
    Literally,
    Name,
    Names,
)

Arguments = Annotated[dict[Key, Literally], Few]


class Call(Entry):
    """A call of an action."""

    action: Name = Field(alias="call", description="the action")
    arguments: Arguments = Field({}, alias="with", description="what each of its parameters is made of")


class Fact(Entry):
    """What an action that reads tells of this case: `facts.KEY` in the rules."""

    action: Name = Field(alias="call", description="the action; it only reads")
    arguments: Arguments = Field({}, alias="with", description="what each of its parameters is made of")
    not_found: Name | None = Field(None, description="the saved reply for the customer where it finds nothing")


def _otherwise(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    if value in ("person", "refuse"):
        return {value: True}
    raise ValueError("write person, refuse, {confirm: REPLY} or {approval: NAME}")


class Otherwise(Entry):
    """What follows where a rule does not hold. `person` and `refuse` may stand alone."""

    approval: Name | None = Field(None, description="this approval has to be given first")
    confirm: Name | None = Field(
        None, description="the customer has to say yes first: the saved reply that says exactly what would be done"
    )
    person: Literal[True] | None = Field(None, description="a person takes it from here")
    refuse: Literal[True] | None = Field(
        None, description="the customer is told that it is not possible, and a person has it from here"
    )


class Rule(Entry):
    """One rule. What cannot be answered, because something is not known, does not hold."""

    rule: Key = Field(description="its key, as records name it")
    holds: Expression = Field(description="a condition: what has to be so")
    otherwise: Annotated[Otherwise, BeforeValidator(_otherwise)] = Field(
        description="what follows where it is not so: `person`, `refuse`, `{confirm: REPLY}` or `{approval: NAME}`"
    )
    because: Hint = Field(description="why there is such a rule, as people read it")
    tell: Name | None = Field(None, description="the saved reply for the customer, with `person` and `refuse`")


class Policy(Entry):
    """When the AI may call an action that writes. All rules are asked; the strictest answer counts."""

    facts: Annotated[dict[Key, Fact], Few] = Field({}, description="what has to be known first, in their order")
    sets: Arguments = Field(
        {}, description="parameters that policy gives: what a brain proposes for them is never looked at"
    )
    amount: Literally | None = Field(None, description="what it costs, for caps and budgets")
    window: Length = Field(timedelta(days=30), description="what `earlier` looks back on. Left out: 30d")
    rules: Annotated[list[Rule], Field(min_length=1, max_length=100)] = Field(
        description="its rules, from mild to strict: of several approvals the last one counts"
    )


class Buttons(Entry):
    """Accept and Not solved below the words. The customer needs a transition to both statuses."""

    accepted: Name = Field(description="the status that Accept leads to")
    declined: Name = Field(description="the status that Not solved leads to")


class Follow(Entry):
    """One thing that follows when it is done: `move` or `tell`."""

    move: Name | None = Field(None, description="the status that the ticket goes to; `ai` needs a transition there")
    note: Hint | None = Field(
        None, description="with `move`: the note to it. `{{fields.KEY}}` and the like are filled in"
    )
    tell: Name | None = Field(None, description="the saved reply that tells the customer")
    offer: Buttons | None = Field(None, description="with `tell`: the buttons Accept and Not solved below it")
    when: Expression | None = Field(None, description="a condition: only then. Left out: always")


class Recipe(Entry):
    """A way to solve an issue: one action that writes, what it takes before it, and what follows."""

    label: Label = Field(description="what people read")
    when: Expression | None = Field(None, description="a condition: only for such tickets. Left out: for all")
    asks: Annotated[dict[Key, Name], Few] = Field(
        {},
        description="fields without which it cannot begin, and the saved reply that asks the customer for each; "
        "a text needs a `pattern`, which finds it in the answer",
    )
    do: Call = Field(description="the one action that writes")
    reads: Names = Field([], description="actions that only read, which the AI may call meanwhile")
    sets: Annotated[dict[Key, Fixed], Few] = Field(
        {}, description="values of fields, given when policy has decided and before anybody is asked to agree"
    )
    fills: Annotated[dict[Key, Expression], Few] = Field(
        {}, description="the same, made of `arguments` and `facts` that were decided about"
    )
    then: Annotated[list[Follow], Field(min_length=1, max_length=20)] = Field(
        description="what follows when it is done, in order"
    )
