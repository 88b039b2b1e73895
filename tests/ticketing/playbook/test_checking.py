"""Conditions are checked before they are asked: what passes evaluates, what does not is told with its place."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import cel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import unhurried
from ticketing.playbook import facts
from ticketing.playbook.checking import check
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import FieldKind
from ticketing.playbook.kinds import Kind, Names, Sort
from ticketing.playbook.possible import can_hold

NAMES: Names = facts.names(
    types=["return", "complaint"],
    categories=["damaged", "other"],
    statuses=["open", "closed"],
    fields={
        "amount": facts.field_kind(FieldKind.MONEY, "amount"),
        "reason": facts.field_kind(FieldKind.DROPDOWN, "reason", ["broken", "size"]),
        "extras": facts.field_kind(FieldKind.MULTI_SELECT, "extras", ["cot", "towels"]),
        "day": facts.field_kind(FieldKind.DATE, "day"),
        "sure": facts.field_kind(FieldKind.CHECKBOX, "sure"),
        "note_to_us": facts.field_kind(FieldKind.TEXT, "note_to_us"),
        "photo": facts.field_kind(FieldKind.FILE, "photo"),
    },
)


def faults(source: str) -> list[tuple[int, str]]:
    return [(fault.at, fault.message) for fault in check(source, NAMES).faults]


@pytest.mark.parametrize(
    "source",
    [
        "fields.amount > 200",
        'ticket.type == "return" && fields.amount >= 100.5',
        "ticket.priority in ['high', 'urgent']",
        '"vip" in ticket.tags || customer.tier == "gold"',
        "size(fields.photo) > 0 && !fields.sure",
        "fields.extras.exists(x, x == 'cot')",
        "ticket.subject.contains('refund') || ticket.subject.matches(r'^[0-9]+$')",
        'now - ticket.created_at > duration("48h")',
        'fields.day < now + duration("72h") && fields.day > timestamp("2026-01-01T00:00:00Z")',
        "customer.attributes.vip == true",
        'has(customer.attributes.vip) && customer.attributes["vip"] == true',
        "fields.sure ? fields.amount > 5 : ticket.age_hours > 2.0 * 12.0",
        "fields.amount != null",
        'actor.kind == "ai" && actor.role == null',
        "double(size(ticket.tags)) * 1.5 > 3",
        "fields.sure",
        "-fields.amount < -5",
        'ticket.team == "returns"',
    ],
)
def test_a_condition_that_makes_sense_passes(source: str) -> None:
    assert faults(source) == []


@pytest.mark.parametrize(
    ("source", "at", "message"),
    [
        ("fields.amont > 5", 7, "There is no field amont"),
        ("tickt.type == 'return'", 0, "There is no tickt to ask about"),
        ("ticket.typ == 'return'", 7, "ticket has no typ"),
        ("ticket.type == 'retrun'", 15, '"retrun" is not a type'),
        ("ticket.status in ['open', 'shut']", 26, '"shut" is not a status'),
        ("'cots' in fields.extras", 0, '"cots" is not an option of extras'),
        ("fields.extras.exists(x, x == 'cots')", 29, '"cots" is not an option of extras'),
        ("fields.amount == '5'", 14, "a number is compared with text"),
        ("fields.sure == 'true'", 12, "yes or no is compared with text"),
        ("fields.day > '2026-01-01'", 11, "> cannot compare an instant with text"),
        ("fields.day - now > 5", 17, "> cannot compare a duration with a whole number"),
        ("ticket.type > 'a'", 12, "> cannot compare a type with text"),
        ("ticket.subject < 'b'", 15, "< cannot compare text with text"),
        ("fields.sure && ticket.type", 15, "&& stands between two questions; this is a type"),
        ("ticket.tags", 0, "The condition gives a list, not yes or no"),
        ("ticket", 0, "ticket is a group of names"),
        ("ticket.tags == ['a']", 12, "== does not compare lists"),
        ("ticket.tags[0] == 'a'", 11, "A list may be shorter than that"),
        ("'a' in ticket.subject", 4, "in wants a list after it, and this is text"),
        ("5 in ticket.tags", 2, "a whole number cannot be in a list of text"),
        ("ticket.tags.contains('a')", 12, "contains is for text, and this is a list"),
        ("ticket.subject.exists(x, x == 'a')", 15, "exists is for lists, and this is text"),
        ("ticket.tags.exists(now, true)", 19, "now is a name already"),
        (
            "ticket.tags.all(a, ticket.tags.all(b, ticket.tags.all(c, true)))",
            50,
            "all stands inside too many others",
        ),
        ("ticket.subject.matches('(')", 23, "This is no pattern that can be used"),
        ("has(fields.amount)", 0, "This name is always there"),
        ("timestamp('2026-02-30') < now", 10, "This is no timestamp"),
        ("duration('5 days') < duration('1h')", 9, "This is no duration"),
        ("size(ticket.tags) % size(ticket.tags) == 0", 18, "This may divide by nothing"),
        ("fields.amount % 2.0 == 0", 14, "% is for whole numbers only"),
        ("fields.amount + 1 > 5", 14, "A whole number and another number do not mix"),
        ("ticket.tags in []", 15, "An empty list says nothing"),
        ("fields.sure ? 'a' : 5", 12, "One side of : is text, the other a whole number"),
        ("size(ticket.tags, 2) > 1", 0, "size takes 1, and 2 are given"),
        ("contains(ticket.subject, 'a')", 0, "contains is not written like that"),
        ("fields.sure and fields.sure", 12, "'and' is not expected here"),
        ("fields.sure && (fields.sure", 27, ") is missing"),
        ("ticket.type == “return”", 15, "Typographic quotes are no quotes here"),
        ("ticket.type == 'return", 15, "A text is not closed"),
        ("{'a': 1} == 5", 0, "Maps cannot be written in a condition"),
        (f"{'(' * 40}fields.sure{')' * 40}", 24, "The condition is nested too deeply"),
        (f"fields.sure{' || fields.sure' * 100}", 0, "The condition has 1,511 characters; 1,000 are allowed"),
    ],
)
def test_one_that_does_not_is_told_where_and_why(source: str, at: int, message: str) -> None:
    assert faults(source) == [(at, message)]


def test_everything_wrong_is_told_at_once() -> None:
    assert [at for at, _ in faults("fields.amont > 5 && ticket.typ == 'x' && fields.amount == 'a'")] == [7, 27, 55]


ATOMS = {
    "text": ("ticket.subject", "ticket.channel", "customer.tier", "fields.note_to_us", "'a'", '"b\\n"'),
    "number": ("fields.amount", "ticket.age_hours", "2.5", "1e3", "double(size(ticket.tags))", "-fields.amount"),
    "whole": ("size(ticket.tags)", "ticket.subject.size()", "7", "-3", "size(fields.photo) % 4"),
    "instant": ("now", "ticket.created_at", "fields.day", "timestamp('2026-01-01T00:00:00+01:00')"),
    "duration": ("duration('36h')", "(now - ticket.created_at)", "(fields.day - now)", "duration('1h30m')"),
    "list": ("ticket.tags", "actor.teams", "fields.photo"),
    "other": (
        "null",
        "fields.sure",
        "true",
        "fields.extras",
        "ticket.priority",
        "ticket.type",
        "ticket.type",
        "customer.attributes",
    ),
}
FORMS = (
    "{number} {order} {number}",
    "{whole} {order} {number}",
    "{number} + {number} {order} {number} * {number}",
    "{instant} {order} {instant}",
    "{instant} - {duration} {order} {instant}",
    "{duration} {order} {duration}",
    "{text} {equal} {text}",
    "{text} {equal} null",
    "{text} in {list}",
    "{text}.contains({text})",
    "{text}.startsWith({text})",
    "{list}.exists(x, x == {text})",
    "{list}.all(x, x != 'a')",
    "'cot' in fields.extras",
    "ticket.priority in ['high', 'urgent']",
    "ticket.subject.matches('^a+$')",
    "fields.sure",
)
SIGNS = {
    "any": ("==", "!=", "<", "+", "-", "*", "/", "%", "in", "&&", "||"),
    "order": ("<", "<=", ">", ">=", "==", "!="),
    "equal": ("==", "!="),
}
PLACE = re.compile(r"\{(\w+)\}")


@st.composite
def questions(draw: st.DrawFn, depth: int = 2) -> str:
    """A condition of like things."""
    form = draw(st.integers(0, 6 if depth else 2))
    if form < 3:
        text = PLACE.sub(lambda place: draw(st.sampled_from((ATOMS | SIGNS)[place[1]])), draw(st.sampled_from(FORMS)))
        return f"({text})"
    inner = [draw(questions(depth - 1)) for _ in range(3 if form == 6 else 2)]
    return {
        3: f"({inner[0]} {draw(st.sampled_from(('&&', '||')))} {inner[1]})",
        4: f"!{inner[0]}",
        5: f"({inner[0]} == {inner[1]})",
        6: f"({inner[0]} ? {inner[1]} : {inner[-1]})",
    }[form]


@st.composite
def nonsense(draw: st.DrawFn) -> str:
    """Any two things with any sign between them: most are refused, and what is not has to evaluate."""
    things = st.sampled_from([atom for atoms in ATOMS.values() for atom in atoms])
    text = f"{draw(things)} {draw(st.sampled_from(SIGNS['any']))} {draw(things)}"
    return f"({text}) == {draw(things)}" if draw(st.booleans()) else text


def value(kind: Kind, chance: Random) -> Any:
    if kind.options is not None:
        return chance.choice(kind.options)
    match kind.sort:
        case Sort.TEXT:
            return chance.choice(["", "a", "b\n", "return", "é"])
        case Sort.NUMBER:
            return chance.choice([0.0, -1.5, 2.5, 1000.0, chance.uniform(-1e6, 1e6)])
        case Sort.YES_NO:
            return chance.random() < 0.5
        case Sort.INSTANT:
            return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**9))
        case Sort.LIST:
            assert kind.of is not None
            return [value(kind.of, chance) for _ in range(chance.randrange(3))]
    assert kind.sort is Sort.MAP
    return {"vip": True}


def some_context(chance: Random, names: Names = NAMES, *, full: bool) -> dict[str, Any]:
    """Hypothesis draws the conditions; drawing a whole context as well would cost a second an example."""
    return {
        name: some_context(chance, kind, full=full)
        if isinstance(kind, Mapping)
        else value(kind, chance)
        if full or chance.random() < 0.5
        else None
        for name, kind in names.items()
    }


SEEDS = st.integers(0, 1000).map(Random)


def told_everything(source: str, context: dict[str, Any], otherwise: bool) -> bool:
    """What the library says where it is given all names, not only those that the condition is about."""
    try:
        answer = cel.evaluate(source, context)
    except (ValueError, TypeError, LookupError, RuntimeError, ArithmeticError):
        return otherwise
    return answer if isinstance(answer, bool) else otherwise


class TestWhatPasses:
    @given(questions(), SEEDS)
    @unhurried
    def test_a_question_of_like_things_does_and_evaluates(self, source: str, chance: Random) -> None:
        told = [fault.message for fault in check(source, NAMES).faults]
        assert told in ([], ["The condition asks about nothing: it is always the same"])
        assert isinstance(cel.evaluate(source, some_context(chance, full=True)), bool)

    @given(nonsense(), SEEDS)
    @unhurried
    def test_evaluates_without_an_error_whatever_it_is(self, source: str, chance: Random) -> None:
        if not check(source, NAMES).faults:
            assert isinstance(cel.evaluate(source, some_context(chance, full=True)), bool)

    @given(questions(), SEEDS, st.booleans())
    @unhurried
    def test_has_an_answer_where_names_have_no_value(self, source: str, chance: Random, otherwise: bool) -> None:
        context = some_context(chance, full=False)
        answer = Condition(source).holds(context, otherwise=otherwise)
        assert answer is told_everything(source, context, otherwise)
        tree = check(source, NAMES).tree
        assert tree is not None
        known = {"ticket.type": context["ticket"]["type"], "fields.sure": context["fields"]["sure"]}
        if answer and not otherwise:  # it does hold, so it was not said that it cannot
            assert can_hold(tree, NAMES, known)


@pytest.mark.parametrize(
    ("source", "possible"),
    [
        ("ticket.type == 'return'", True),
        ("ticket.type == 'complaint'", False),
        ("ticket.type != 'return' || fields.amount > 5", True),
        ("ticket.type == 'complaint' && fields.amount > 5", False),
        ("fields.reason == 'broken' && fields.reason == 'size'", False),
        ("fields.sure && !fields.sure", False),
        ("ticket.type in ['complaint'] ? fields.sure : fields.amount == null", True),
        ("fields.note_to_us == 'a'", True),
    ],
)
def test_what_can_never_hold_for_a_return_is_known(source: str, possible: bool) -> None:
    tree = check(source, NAMES).tree
    assert tree is not None
    assert can_hold(tree, NAMES, {"ticket.type": "return"}) is possible


def test_a_duration_of_the_library_is_one_of_ours() -> None:
    context = {"now": datetime(2026, 1, 3, tzinfo=UTC), "ticket": {"created_at": datetime(2026, 1, 1, tzinfo=UTC)}}
    assert cel.evaluate("now - ticket.created_at", context) == timedelta(days=2)
