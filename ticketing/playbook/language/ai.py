"""What a type says about the AI, as it is written: `ai` of a type, and all below it."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from ticketing.playbook.language.written import Entry, Expression, Hint, Name, Names, Percent, Urgency


class Escalate(Entry):
    """When the AI hands a ticket to people, and whom it tells. Once a ticket, until somebody hands it back."""

    when: Expression = Field(description="a condition")
    because: Hint = Field(description="why, as people read it")
    priority: Urgency | None = Field(None, description="raises the ticket to this priority; never lowers it")
    hand_to_team: Name | None = Field(None, description="the ticket becomes this team's, and nobody's in particular")
    notify: Names = Field([], description="who is told: `assignee`, `team`, `supervisor`")


_Runs = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
_Dollars = Annotated[Decimal, Field(ge=Decimal("0.01"), le=1_000_000_000)]


class Budget(Entry):
    """How much the AI may do about the tickets of a type. Beyond it people have them."""

    runs_per_ticket: _Runs = Field(3, description="how often it may begin on one ticket. Left out: 3")
    cost_per_ticket: _Dollars | None = Field(None, description="what brains may cost on one ticket, in dollars")
    runs_per_month: _Runs | None = Field(None, description="how often it may begin in a month (UTC)")
    amount_per_month: _Dollars | None = Field(
        None,
        description="what its actions may give away in a month (UTC), in the currency of the first "
        "field that a recipe fills with money; what is in another goes to people",
    )


class Earns(Entry):
    """How the AI earns as much autonomy as the type allows, a step at a time, and loses it again."""

    start: Literal["shadow", "suggest", "act_with_approval", "act_alone"] = Field(
        "shadow", alias="from", description="how far it goes before anything was measured"
    )
    precision: Annotated[Percent, Field(ge=50)] = Field(
        95, description="how many of its newest cases have to be right: as people did, or agreed to, and stand by"
    )
    over: Annotated[StrictInt, Field(ge=5, le=500)] = Field(
        50, description="so many cases are measured, and it takes as many for each step up"
    )


class TypeAi(Entry):
    """What the AI does about the tickets of a type, and when it leaves them to people."""

    autonomy: Literal["off", "shadow", "suggest", "act_with_approval", "act_alone"] = Field(
        "off",
        description="how far it goes: `off`; `shadow` (it works out what it would do, and does nothing), `suggest` "
        "(the same, shown to the team, who may have it done), `act_with_approval` (somebody agrees to every write), "
        "`act_alone` (what policy allows, it does)",
    )
    earns: Earns | None = Field(
        None, description="it begins lower, and comes there by what is measured. Left out: it is there at once"
    )
    confidence: Percent = Field(
        0, description="how sure it has to be of what the customer wants; below it a person has it"
    )
    begins: Name | None = Field(
        None, description="the status it puts a ticket in when it begins; `ai` needs a transition there"
    )
    recipes: Names = Field([], description="what it may do, the usual one first")
    confirm: Name | None = Field(
        None, description="the approval that `suggest` and `act_with_approval` ask for where policy asks for none"
    )
    hands_over: Name | None = Field(
        None, description="the saved reply for the customer when a person takes it from here, where no rule tells one"
    )
    budget: Budget = Field(Budget(), description="how much it may do")
    escalate: Annotated[list[Escalate], Field(max_length=50)] = Field(
        [], description="when a ticket is handed to people, with all that they need to go on"
    )
