"""The document as it is written: every section, key and value. `docs/playbook.md` is made from what stands here.

How single values are written stands in `written.py`.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, StringConstraints

from ticketing.playbook.language.actions import HttpAction
from ticketing.playbook.language.ai import TypeAi
from ticketing.playbook.language.resolving_models import Policy, Recipe
from ticketing.playbook.language.written import (
    Country,
    Day,
    Entry,
    Example,
    Expression,
    Few,
    Hint,
    Hours,
    Key,
    Label,
    Length,
    Name,
    Names,
    OpenLength,
    Pattern,
    Percent,
    Tag,
    Tongue,
    Urgency,
    Words,
    listed,
    yes_or_condition,
)

# What comes later has its place already: using it is refused with these words.
RESERVED = frozenset({"routing", "automations", "ai"})  # sections
RESERVED_OF_TYPES = frozenset({"routing"})
RESERVED_ACTIONS = frozenset({"webhook", "call"})  # on entering or leaving a status


def _action(value: Any) -> Any:
    return {"send_survey": True} if value == "send_survey" else value


class Offer(Entry):
    """Two buttons below a saved reply: Accept and Not solved."""

    reply: Name = Field(description="the saved reply")
    accepted: Name = Field(description="the status that Accept leads to")
    declined: Name = Field(description="the status that Not solved leads to")


class Action(Entry):
    """One thing that happens by itself. `send_survey` may stand alone."""

    set_priority: Urgency | None = Field(None, description="gives this priority")
    hand_to_team: Name | None = Field(None, description="the ticket becomes this team's, and nobody's in particular")
    add_tag: Tag | None = Field(None, description="puts this tag on")
    remove_tag: Tag | None = Field(None, description="takes this tag off")
    set_due: Length | None = Field(None, description="a due date so long from now")
    send_reply: Name | None = Field(None, description="sends this saved reply to the customer")
    offer: Offer | None = Field(None, description="sends a saved reply with the buttons Accept and Not solved")
    send_survey: Literal[True] | None = Field(None, description="asks the customer how we did")


Actions = Annotated[list[Annotated[Action, BeforeValidator(_action)]], BeforeValidator(listed)]


class ComesBack(Entry):
    """What happens when the same issue comes back."""

    to: Name = Field(description="the status it goes to")
    within: Length | None = Field(None, description="only so long after it came here. Left out: always")


class MovesOn(Entry):
    """A status that a ticket leaves by itself."""

    after: Length = Field(description="so long after it came here")
    to: Name = Field(description="the status it goes to")


class Status(Entry):
    """A place in a lifecycle."""

    label: Label = Field(description="what people read")
    category: Literal["open", "active", "pending", "resolved", "closed"] = Field(
        description="what it means: nothing else tests a status by its name"
    )
    sla: Literal["running", "paused"] = Field("running", description="whether the resolution clock goes on here")
    requires: Names = Field([], description="no ticket comes here without: `category`, `priority`, `note`, fields")
    customer_answers: Name | None = Field(None, description="the status that a customer's message moves it to")
    comes_back: ComesBack | None = Field(None, description="what happens when the same issue comes back")
    moves_on: MovesOn | None = Field(None, description="when it leaves this status by itself")
    on_enter: Actions = Field([], description="what happens when a ticket comes here")
    on_leave: Actions = Field([], description="what happens when it leaves")
    was: Names = Field([], description="keys of statuses of earlier versions that are this one now")


class Transition(Entry):
    """Arrows: from each of `from` to each of `to`."""

    origins: Names = Field(alias="from", description="one status, or several")
    to: Names = Field(description="one status, or several")
    by: Names | None = Field(
        None,
        description="who may: `agent` (anybody), `assignee`, `supervisor` (of its team), `admin`, `ai`, `customer`, "
        "`automation`, `team:NAME`. Admins always may. Left out: assignee, supervisor, admin",
    )
    requires: Names = Field([], description="what it needs beside what the status requires")
    when: Expression | None = Field(None, description="a condition: without it holding, there is no such arrow")
    approval: Name | None = Field(None, description="the approval that it needs, where that one's condition holds")


class Lifecycle(Entry):
    """Statuses, and the arrows between them."""

    label: Label = Field(description="what people read")
    created_in: Names = Field(description="where tickets begin; the first one unless something else is asked for")
    statuses: Annotated[dict[Key, Status], Field(min_length=1, max_length=100)] = Field(
        description="its statuses, in their order"
    )
    transitions: list[Transition] = Field(description="who may move a ticket from where to where")


class TicketType(Entry):
    """A kind of ticket."""

    label: Label = Field(description="what people read")
    lifecycle: Name = Field(description="the lifecycle that its tickets follow")
    categories: Annotated[Names, Field(min_length=1)] = Field(description="its categories, the usual one first")
    fields: Names = Field([], description="its fields, in the order in which they are asked for")
    sla: Name | None = Field(None, description="the SLA policy that its tickets are held to. Left out: none")
    ai: TypeAi = Field(TypeAi(), description="what the AI does about its tickets")
    examples: list[Example] | None = Field(
        None, description="what customers say who mean it, as people read it: no brain does yet"
    )
    was: Names = Field([], description="keys of types of earlier versions that are this one now")


class CustomField(Entry):
    """Something to know about a ticket."""

    label: Label = Field(description="what people read")
    kind: Literal["text", "number", "money", "dropdown", "multi_select", "date", "checkbox", "file"] = Field(
        description="what its values are"
    )
    hint: Hint | None = Field(None, description="a line below it")
    options: Annotated[dict[Key, Label], Field(min_length=1, max_length=100)] | None = Field(
        None, description="of dropdown and multi_select: key: Label"
    )
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = Field(
        None, description="of money: ISO 4217, like EUR"
    )
    least: Decimal | None = Field(None, description="number and money: the value; text: characters; several: how many")
    most: Decimal | None = Field(None, description="likewise")
    pattern: Pattern | None = Field(None, description="of text: a regular expression that the whole of it matches")
    required: Annotated[bool | str, BeforeValidator(yes_or_condition)] = Field(
        False, description="true, or a condition. Hidden, it never is"
    )
    show: Expression | None = Field(None, description="a condition: only then it is there. Left out: always")
    fill: Names = Field(
        [],
        description="where it can be filled from, the first that has something: `entity:KIND` (order, amount, date, "
        "e-mail, phone, tracking), `customer:tier`, `customer:language`, `customer:time_zone`, `customer:ATTRIBUTE`, "
        "`channel`, `agent`, `intent`, `category`, `sentiment`",
    )


class Approval(Entry):
    """Something that others have to agree to."""

    label: Label = Field(description="what is asked for")
    when: Expression | None = Field(None, description="a condition: only then it is needed. Left out: always")
    approvers: Annotated[Names, Field(min_length=1)] = Field(
        description="who may agree: `agent`, `supervisor`, `admin`, `team:NAME`, e-mail addresses. Never who asked"
    )
    quorum: Annotated[StrictInt, Field(ge=1, le=20)] = Field(1, description="how many have to agree")
    binds: Names = Field([], description="fields that were agreed to: one changed, and the approval is void")
    amount: Name | None = Field(None, description="the field that says how much")
    expires: Length | None = Field(None, description="how long it may wait. Left out: for ever")
    then: Literal["reject", "ask_again", "escalate"] | None = Field(
        None, description="what follows when it expires: `reject`, `ask_again` (once) or `escalate` (to admins)"
    )


class SavedReply(Entry):
    """Words that are written often."""

    label: Label = Field(description="what people choose it by")
    text: Words = Field(description="the words; `{{customer.name}}` and the like are filled in")
    translations: dict[Tongue, Words] = Field(
        {}, alias="in", description="the same in other languages, for what is sent by itself: `de: …`, `pt-BR: …`"
    )


class Calendar(Entry):
    """When the desk is open. Open time is all that SLA clocks count."""

    zone: Name = Field(description="a time zone, like Europe/Berlin")
    hours: dict[Name, Hours] | None = Field(
        None,
        description="days to times: `mon-fri: 09:00-13:00, 14:00-18:00`. What ends before it begins goes on into the "
        "next day. Left out: day and night",
    )
    holidays: Country | None = Field(
        None, description="closed on the public holidays of a country, or a part of it: `PT`, `DE-BY`"
    )
    closed: dict[Day, Label] = Field({}, description="holidays of your own: `2026-12-24: Christmas Eve`")
    other_hours: dict[Day, Hours] = Field(
        {}, description="single dates with other hours, whatever else is written of them: `2026-12-31: 09:00-12:00`"
    )


Promise = dict[Urgency, OpenLength]


class Tier(Entry):
    """What customers of a tier are promised instead."""

    first_response: Promise = Field({}, description="priorities to open time, like `1h 30m`")
    resolution: Promise = Field({}, description="likewise")


class Escalation(Entry):
    """What happens at one point of a clock, once. It has one of `at`, `before`, `after`."""

    clock: Literal["first_response", "resolution"] = Field(description="which clock")
    at: Percent | Literal["breach"] | None = Field(None, description="a share of the target, like `90%`, or `breach`")
    before: OpenLength | None = Field(None, description="so much open time before it is due")
    after: OpenLength | None = Field(None, description="so much open time after it was due")
    notify: Names = Field([], description="who is told: `assignee`, `team`, `supervisor`")
    set_priority: Urgency | None = Field(None, description="raises the ticket to this priority; never lowers it")
    hand_to_team: Name | None = Field(None, description="the ticket becomes this team's, and nobody's in particular")


class SlaPolicy(Entry):
    """What is promised to the customers of a type, in open time."""

    label: Label = Field(description="what people read")
    calendar: Name = Field(description="the calendar that its clocks go by")
    first_response: Promise = Field(
        {}, description="priorities to open time, like `1h 30m`. One left out has no target"
    )
    resolution: Promise = Field({}, description="likewise")
    tiers: dict[Name, Tier] = Field({}, description="customer tiers to what they are promised instead")
    at_risk: dict[Urgency, Percent] = Field(
        {}, description="the share of a target at which a ticket is at risk. Left out: 75, 75, 50 and 0 %"
    )
    warning: Percent = Field(75, description="the share of a target at which people are warned")
    ai_responds: StrictBool = Field(True, description="whether an answer of the AI stops the first response")
    escalation: list[Escalation] = Field([], description="what happens on the way, and after")


Categories = Annotated[dict[Key, Label], Few]


class Document(Entry):
    """A playbook."""

    playbook: Label = Field(description="its name")
    language: Literal[1] = Field(description="the version of this language: 1")
    categories: Categories = Field(description="what tickets are about: key: Label")
    types: Annotated[dict[Key, TicketType], Few] = Field(description="the kinds of tickets, the usual one first")
    lifecycles: Annotated[dict[Key, Lifecycle], Few] = Field(description="the ways that tickets go")
    fields: dict[Key, CustomField] = Field({}, description="what there is to know about tickets")
    approvals: dict[Key, Approval] = Field({}, description="what others have to agree to")
    replies: dict[Key, SavedReply] = Field({}, description="words that are written often")
    calendars: Annotated[dict[Key, Calendar], Few] = Field({}, description="when the desk is open")
    sla: Annotated[dict[Key, SlaPolicy], Few] = Field({}, description="what is promised to customers, and by when")
    actions: Annotated[dict[Key, HttpAction], Few] = Field({}, description="calls of other systems")
    recipes: Annotated[dict[Key, Recipe], Few] = Field({}, description="ways in which the AI solves issues")
    policies: Annotated[dict[Key, Policy], Few] = Field(
        {}, description="when the AI may call an action that writes, by the action's name. One left out it never may"
    )
    retired_categories: dict[Key, Label] = Field({}, description="labels of categories that are used no more")
