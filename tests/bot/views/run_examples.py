"""Examples of what the AI does with a ticket: on its card, in its thread, and its story."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from bot.views.approval_entry import approval_entry
from bot.views.approval_modal import reject_modal
from bot.views.run_story import PAGE, run_story
from bot.views.thread_entry import thread_entry
from bot.views.ticket_card import ticket_card
from bot.wire import Json
from tests.bot.cards import NOON, a_card, a_waiting, an_entry, an_escalation
from tests.bot.views.work_examples import LONG, approvals
from ticketing.approvals.shown import Evidence
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.run import OPEN, RunState, StepKind
from ticketing.resolution.shown import ShownRun
from ticketing.resolution.shown_steps import Mark, ShownStep
from ticketing.resolution.verdict import RuleSaid
from ticketing.tickets.card import TicketCard

SITE = "https://acme.slack.com/"
FACTS = (
    ("Order belongs to customer", "yes"),
    ("Order status", "delivered"),
    ("Order delivered", "16 Nov 2026"),
    ("Order refundable", "250.00 USD"),
    ("Done for them before, in 30 days", "once, 89.00 in all"),
)
OTHER_FACTS = (("Order charge", "ch_78932"), ("Order number", "78932"), ("Order total", "250"))
HELD = tuple(
    RuleSaid(rule, held=True, because="It does not")
    for rule in ("small", "capped", "something_left", "in_time", "theirs")
)
ASKS = RuleSaid("not_large", held=False, because="Refunds over 200 need a supervisor")
LATE = "Returns are possible for 30 days"
GIVEN = (("Order", "78932"), ("Reason", "damaged"))


def a_shown_step(place: int, kind: StepKind, words: str, mark: Mark = Mark.DONE, **more: Any) -> ShownStep:
    at = NOON + place * timedelta(seconds=0.6)
    step = ShownStep(place, kind, mark, words, "", at, timedelta(milliseconds=120))
    return replace(step, **more)


LOOKED = (
    a_shown_step(0, StepKind.MOVE, "now Investigating"),
    a_shown_step(1, StepKind.PROPOSE, "the brain (offline) proposes: Refund", why="It arrived broken."),
    a_shown_step(2, StepKind.LOOK_UP, "order 78932 found"),
    a_shown_step(3, StepKind.DECIDE, "5 of 5 rules hold: allowed", rules=HELD),
    a_shown_step(4, StepKind.FILL, "filled in Resolution"),
)
KEY = "run:0198b7a4-4c5e-7d7e-9d53-5a1a6d2f1c11:5"
REFUNDED = a_shown_step(5, StepKind.ACT, "Refund 89.00 USD", why="Paid back by card.", key=KEY)
REFUNDING = replace(REFUNDED, mark=Mark.UNDER_WAY, took=None, why="")
ALL = (
    *LOOKED,
    REFUNDED,
    a_shown_step(6, StepKind.MOVE, "now Resolution proposed"),
    a_shown_step(7, StepKind.TELL, "told the customer: Refund sent"),
    a_shown_step(8, StepKind.MOVE, "now Closed"),
)
RUN = ShownRun(
    UUID(int=70),
    UUID(int=12),
    RunState.WORKING,
    Autonomy.ACT_ALONE,
    "Refund",
    "89.00 USD",
    "",
    NOON,
    None,
    (*LOOKED, REFUNDING),
    given=GIVEN,
    facts=FACTS,
    other_facts=OTHER_FACTS,
    rules=HELD,
)
OVER = NOON + timedelta(seconds=4.2)


def runs() -> Iterator[tuple[str, ShownRun]]:
    """In every state, by name."""
    yield "working", RUN
    begun = replace(RUN, what="", amount=None, steps=(), given=(), facts=(), other_facts=(), rules=())
    yield "begun", begun
    yield "away", replace(begun, steps=LOOKED[:2], why="The shop is being repaired: ask again later. (HTTP 503)")
    again = replace(REFUNDING, words="Refund 89.00 USD: cannot be reached, tried again")
    yield "away_amid_it", replace(RUN, steps=(*LOOKED, again), why="issue_refund cannot be reached now: tried again.")
    asked = a_shown_step(4, StepKind.ASK_APPROVAL, "asked for an approval: Refund over 200", Mark.WAITS)
    weighed = a_shown_step(3, StepKind.DECIDE, "5 of 6 rules hold: somebody has to agree", Mark.WAITS)
    yield (
        "waits_for_approval",
        replace(
            RUN,
            state=RunState.WAITING_FOR_APPROVAL,
            amount="250.00 USD",
            who="a supervisor of its team or an admin",
            approval="Refund over 200",
            why="It waits for an approval: Refund over 200.",
            rules=(*HELD, ASKS),
            steps=(*LOOKED[:3], replace(weighed, rules=(*HELD, ASKS)), asked),
        ),
    )
    question = a_shown_step(2, StepKind.ASK_CUSTOMER, "asked the customer for: Order number", Mark.WAITS)
    waits = replace(RUN, state=RunState.WAITING_FOR_CUSTOMER, steps=(*LOOKED[:2], question), rules=(), facts=())
    waits = replace(waits, other_facts=())
    yield "waits_for_customer", replace(waits, what="", amount=None, asked_for="Order number", given=())
    yes = a_shown_step(4, StepKind.ASK_CUSTOMER, "asked the customer to say yes to it", Mark.WAITS)
    weighed_yes = replace(weighed, words="4 of 5 rules hold: the customer has to say yes")
    yield "waits_for_yes", replace(waits, asked_for="confirmation", steps=(*LOOKED[:3], weighed_yes, yes))
    yield "suggests", replace(RUN, state=RunState.SUGGESTED, autonomy=Autonomy.SUGGEST, steps=LOOKED[:4])
    yield "done", replace(RUN, state=RunState.DONE, steps=ALL, why="Refund: done.", ended_at=OVER)
    yield (
        "done_after_a_wait",
        replace(RUN, state=RunState.DONE, steps=ALL, agreed_by="Mia", ended_at=NOON + timedelta(hours=5)),
    )
    failed = RuleSaid("in_time", held=False, because=LATE)
    refused = a_shown_step(3, StepKind.DECIDE, "4 of 5 rules hold: not possible", Mark.FAILED, rules=(failed, *HELD))
    told = a_shown_step(4, StepKind.TELL, "told the customer: A person answers")
    left = a_shown_step(5, StepKind.HAND_OVER, "left to a person", Mark.FAILED, why=LATE)
    yield (
        "handed_over",
        replace(
            RUN,
            state=RunState.HANDED_OVER,
            steps=(*LOOKED[:3], refused, told, left),
            rules=(failed, *HELD),
            why=LATE,
            ended_at=OVER,
        ),
    )
    lacking = (
        RuleSaid("always.facts", held=False, because="There is no such order."),
        RuleSaid("always.arguments", held=False, because="The amount is not known."),
        *(replace(each, held=False) for each in HELD),
    )
    none = "the rules could not be asked: not possible"
    yield (
        "handed_over_not_found",
        replace(
            RUN,
            state=RunState.HANDED_OVER,
            amount=None,
            steps=(
                *LOOKED[:2],
                a_shown_step(2, StepKind.LOOK_UP, "order 99999 not found", Mark.FAILED),
                a_shown_step(3, StepKind.DECIDE, none, Mark.FAILED, rules=lacking, why=lacking[0].because),
                told,
                left,
            ),
            rules=lacking,
            facts=(("Order", "not found"),),
            other_facts=(),
            why=lacking[0].because,
            ended_at=OVER,
        ),
    )
    unsure = a_shown_step(
        5, StepKind.ACT, "Refund 89.00 USD: may have been done", Mark.FAILED, key=KEY, outcome="unknown"
    )
    yield (
        "handed_over_unsure",
        replace(
            RUN,
            state=RunState.HANDED_OVER,
            steps=(*LOOKED, unsure, left),
            why="The shop did not answer: the refund may have been made. Look there before you do it again.",
            ended_at=OVER,
        ),
    )
    yield "stopped", replace(RUN, state=RunState.STOPPED, why="Mia has taken it over.", steps=LOOKED, ended_at=OVER)
    many = tuple(
        a_shown_step(
            n,
            list(StepKind)[n % len(StepKind)],
            LONG,
            why=LONG,
            key=LONG,
            rules=tuple(RuleSaid(LONG, n % 2 == 0, LONG) for n in range(40)) if n % 3 == 0 else (),
        )
        for n in range(PAGE * 2 + 1)
    )
    long = replace(
        RUN,
        steps=many,
        what=LONG,
        amount=LONG,
        why=LONG,
        who=LONG,
        agreed_by=LONG,
        asked_for=LONG,
        given=((LONG, LONG),) * 9,
        facts=((LONG, LONG),) * 12,
        other_facts=((LONG, LONG),) * 12,
        rules=tuple(RuleSaid(LONG, n % 2 == 0, LONG) for n in range(40)),
    )
    for state in RunState:
        yield f"longest_{state}", replace(long, state=state, ended_at=None if state in OPEN else OVER)


def cards() -> Iterator[tuple[str, TicketCard]]:
    for name, run in runs():
        yield name, a_card(run=run)
    found = dict(runs())
    yield "asked", a_card(run=found["waits_for_approval"], waiting=a_waiting(requester="AI"), place=("C1", "1.2"))
    two = a_waiting(others=1)
    yield "asked_twice", a_card(run=found["waits_for_approval"], waiting=two, place=("C1", "1.2"))
    yield "escalated", a_card(run=found["handed_over"], escalation=an_escalation())
    yield "escalated_for_it", a_card(run=found["handed_over"], escalation=an_escalation(because=(LATE,)))
    yield "claimed", a_card(run=found["suggests"], assignee="Mia")
    for status in ("resolved", "closed"):
        yield f"{status}_by_the_ai", a_card(run=found["done"], status=status)
        yield f"{status}_by_a_person", a_card(run=found["handed_over"], status=status, assignee="Mia")
        yield f"{status}_longest", a_card(run=found["longest_done"], status=status, assignee=LONG, subject=LONG)


def messages() -> Iterator[tuple[str, list[Json]]]:
    for name, card in cards():
        yield f"run_{name}", ticket_card(card, site=SITE)
    for name, run in runs():
        for part, (_, blocks) in enumerate(thread_entry(an_entry(kind="run", text="", run=run))):
            yield f"run_entry_{name}_{part}", blocks
    for name, found in evidence():
        for asked in ("waiting", "used", "longest"):
            yield f"run_approval_{name}_{asked}", approval_entry(replace(dict(approvals())[asked], found=found))[1]


def evidence() -> Iterator[tuple[str, Evidence]]:
    yield "full", Evidence(UUID(int=70), FACTS, (*HELD, ASKS))
    yield "none", Evidence(UUID(int=70), (), ())
    rules = tuple(RuleSaid(LONG, n % 2 == 0, LONG) for n in range(60))
    yield "longest", Evidence(UUID(int=70), ((LONG, LONG),) * 12, rules)


def modals() -> Iterator[tuple[str, Json]]:
    for name, run in runs():
        yield f"run_story_{name}", run_story(run)
    long = dict(runs())["longest_done"]
    yield "run_story_page_2", run_story(long, 1)
    yield "run_story_past_the_end", run_story(long, 99)
    for name, found in evidence():
        yield f"run_reject_{name}", reject_modal(replace(dict(approvals())["longest"], found=found))
