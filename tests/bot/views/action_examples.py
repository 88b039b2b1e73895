"""Examples of running an action by hand: the form, what would be run, what came of it."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from bot.views.action_modal import action_modal, calling_modal, outcome_modal, sure_modal
from bot.wire import Json
from tests.bot.cards import NOON, a_card
from tests.bot.views.work_examples import LONG
from threadline import ActionSpec, OutcomeKind, Shape, Sort
from threadline.declaration import Parameter
from ticketing.resolution.hand_calls import HandCall

_SHAPES = (*(Shape(sort) for sort in Sort), Shape(Sort.TEXT, options=("damaged", "wrong_item")))


def a_spec(name: str = "issue_refund", *, writes: bool = True, description: str = "Pay an order back.") -> ActionSpec:
    parameters = tuple(
        Parameter(f"{shape.sort}_{at}", shape, required=at % 2 == 0, description=description)
        for at, shape in enumerate(_SHAPES)
    )
    may = frozenset({"agent"})
    return ActionSpec(name, description, writes, may, True, 10.0, None, {}, parameters, Shape(Sort.TEXT), {})


def like_a_shops() -> ActionSpec:
    """One of those that come with the demo's shop, in their words, and of the longest that people write."""
    yes_no, number, text, instant = (Shape(each) for each in (Sort.YES_NO, Sort.NUMBER, Sort.TEXT, Sort.INSTANT))
    reasons = Shape(Sort.TEXT, options=("damaged", "wrong_item", "not_as_described"))
    takes = (
        Parameter("order", text, required=True, description="Number of the order, such as 78932"),
        Parameter("amount", number, required=True, description=""),
        Parameter("currency", text, required=False, description="ISO 4217, such as USD; left out: the order's"),
        Parameter("reason", reasons, required=False, description=""),
        Parameter("tell_the_bank_to_hurry", yes_no, required=True, description="Costs 2.00, and saves a day"),
        Parameter("not_before", instant, required=False, description="The customer may want it on their next bill"),
        Parameter("_".join(["only_what_was_ordered_in_the_same_week"] * 3), text, required=False, description=LONG),
    )
    words = "Pay back what was paid for an order, or a part of it, to where the money came from."
    return replace(a_spec(description=words), parameters=takes)


def a_call(outcome: OutcomeKind | None = None, words: str = "", value: object = None) -> HandCall:
    given = {"order": "78932", "amount": "89.00"}
    plain = HandCall(UUID(int=80), UUID(int=12), UUID(int=41), "issue_refund", given, NOON)
    return replace(plain, outcome=outcome, words=words, value=value)


def modals() -> Iterator[tuple[str, Json]]:
    card = a_card(subject=LONG)
    many = [a_spec(f"action_{n}", writes=n % 2 == 0, description=LONG) for n in range(120)]
    yield "action_none", action_modal(a_card(), [])
    yield "action_unchosen", action_modal(a_card(), [a_spec(), a_spec("lookup_order", writes=False)])
    yield "action_chosen", action_modal(a_card(), [a_spec()], chosen=a_spec())
    yield "action_like_a_shops", action_modal(a_card(), [like_a_shops()], chosen=like_a_shops())
    yield "action_longest", action_modal(card, many, chosen=many[0])
    yield "action_sure", sure_modal(a_card(), a_spec(), a_call())
    yield "action_sure_of_nothing", sure_modal(a_card(), a_spec("look", writes=False), replace(a_call(), arguments={}))
    yield (
        "action_sure_longest",
        sure_modal(card, many[0], replace(a_call(), arguments={f"name_{n}": LONG for n in range(90)})),
    )
    yield "action_calling", calling_modal(a_card())
    value = {"id": "re_1", "lines": [{"sku": "MUG", "count": 2}], "at": "2026-11-23T12:00:00+00:00", "theirs": True}
    yield "action_done", outcome_modal(a_card(), a_call(OutcomeKind.DONE, "Filled in: Refund.", value))
    yield "action_done_without_a_word", outcome_modal(a_card(), a_call(OutcomeKind.DONE))
    long = {f"{LONG}{n}": [LONG] * 90 for n in range(90)}
    yield "action_done_longest", outcome_modal(card, a_call(OutcomeKind.DONE, LONG, long))
    for kind in OutcomeKind:
        yield f"action_longest_{kind}", outcome_modal(card, a_call(kind, LONG))
