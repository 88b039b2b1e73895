"""Fields hold what was decided about, and what an action gave: facts, whatever a customer wrote before."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from threadline import ActionSpec
from ticketing.fields import numbers
from ticketing.fields.evidence import Evidence
from ticketing.fields.give import give, keep_given
from ticketing.fields.refusals import FieldsRefused
from ticketing.fields.values import Raw, as_typed, is_given
from ticketing.people.actor import AI
from ticketing.playbook.conditions import Context
from ticketing.playbook.fields import Field, FieldKind
from ticketing.playbook.playbook import Playbook, TicketType
from ticketing.playbook.resolving import Recipe
from ticketing.resolution.answer import answer_in
from ticketing.resolution.book import Book
from ticketing.resolution.run import Json, StepKind
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket

_SURE = Evidence(confidence=1.0)
_ASKED = 0.9  # how sure an answer is: they were asked for just this


def decided_values(book: Book, recipe: Recipe, names: Context) -> dict[str, Raw]:
    """What the recipe sets, and what it fills in from the arguments and facts that were decided about."""
    given: dict[str, Raw] = dict(recipe.sets)
    for key, expression in recipe.fills.items():
        if (value := _raw(book.playbook.fields.get(key), expression.value(names))) is not None:
            given[key] = value
    return given


def other_currency(
    kind: TicketType, playbook: Playbook, spec: ActionSpec, recipe: Recipe, arguments: Mapping[str, Json]
) -> str | None:
    """In words, where it would be done in another currency than a field counts in that it fills, or the month's budget.
    None: it is not.
    """
    asked = arguments.get("currency")
    for key in (*recipe.fills, *spec.fills):
        field = playbook.fields.get(key) if key in kind.fields else None
        if field is not None and _counts_otherwise(field, asked):
            return f"It would be done in {str(asked)[:20]}, and {field.label} counts {field.currency}"
    counts = _counted_by_month(playbook, kind) if kind.ai.budget.amount_per_month is not None else None
    if counts is not None and _counts_otherwise(counts, asked):
        return f"It would be done in {str(asked)[:20]}, and this month's budget counts {counts.currency}"
    return None


def _counted_by_month(playbook: Playbook, kind: TicketType) -> Field | None:
    """A sum of two currencies is none: the budget counts as the first field does that a recipe fills with money."""
    recipes = (playbook.recipes[key] for key in kind.ai.recipes if key in playbook.recipes)
    filled = (playbook.fields.get(key) for each in recipes for key in each.fills)
    return next((field for field in filled if field is not None and field.currency is not None), None)


def result_values(book: Book, spec: ActionSpec, value: Json) -> dict[str, Raw]:
    """What the action's own result fills in, where tickets of this type have such fields.

    Raises FieldsRefused: it says of itself that it is of another currency.
    """
    return values_of(book.ticket, book.playbook, spec, value)


def values_of(ticket: Ticket, playbook: Playbook, spec: ActionSpec, value: Json) -> dict[str, Raw]:
    """The same of any ticket. Raises what `result_values` does."""
    mine = playbook.type(ticket.type).fields
    for key, path in spec.fills.items():
        field, said = playbook.fields.get(key), _at(value, _beside(path, "currency"))
        if key in mine and field is not None and _counts_otherwise(field, said):
            raise FieldsRefused(
                {key: (field.label, f"It counts {field.currency}, and this was done in {str(said)[:20]}.")}
            )
    found = {key: _raw(playbook.fields.get(key), _at(value, path)) for key, path in spec.fills.items()}
    return {key: raw for key, raw in found.items() if raw is not None and key in mine}


async def fill(book: Book, given: Mapping[str, Raw], *, towards: str | None) -> None:
    """Whatever filled them in before, unless a person stands by it. `towards`: the status that the ticket goes to next.

    Raises what `fields.give` does: FieldsRefused, FieldsMissing, PermissionRefused.
    """
    await _fill(book, given, _SURE, towards=towards, over_guesses=True)


async def fill_answer(book: Book) -> None:
    """What the customer was asked for, where their newest words say it and triage has not taken it from them.

    Raises what `fields.give` does.
    """
    field = book.playbook.fields.get(book.run.asked_for or "")
    said = book.ground.said
    if field is None or said is None or not said.concerns or is_given(field, book.ticket.fields.get(field.key)):
        return
    if (words := answer_in(said.text, field)) is not None:
        evidence = Evidence(_ASKED, said.message_id, words)
        await _fill(book, {field.key: words}, evidence, towards=None, over_guesses=False)


async def _fill(
    book: Book, given: Mapping[str, Raw], evidence: Evidence, *, towards: str | None, over_guesses: bool
) -> None:
    read = dict.fromkeys(given, evidence)
    filled = await give(
        book.ticket,
        given,
        by=AI,
        playbook=book.playbook,
        around=book.around,
        towards=towards,
        read=read,
        over_guesses=over_guesses,
        uow=book.uow,
        now=book.now,
    )
    changes = await keep_given(filled, by=AI, read=read, uow=book.uow, now=book.now)
    if changes:
        book.ticket = await save_change(*changes, uow=book.uow)
        book.write(StepKind.FILL, "fields", outputs={"fields": list(filled.fields)})


def _counts_otherwise(field: Field, currency: Json) -> bool:
    """Nothing said: it is as the field counts."""
    return isinstance(currency, str) and field.currency is not None and currency.strip().upper() != field.currency


def _beside(path: str, name: str) -> str:
    """In the same group of values."""
    group, dot, _ = path.rpartition(".")
    return f"{group}{dot}{name}"


def _at(value: Json, path: str) -> Json:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _raw(field: Field | None, value: Any) -> Raw:
    """As somebody would type it, so that it is read in one way. None: nothing that the field could hold."""
    if field is None or value is None:
        return None
    if field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return _number(field, value)
    if field.kind is FieldKind.DATE:
        return str(value)[:10]  # of an instant its day in UTC, as conditions see days
    if isinstance(value, bool):
        return value
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return str(value)


def _number(field: Field, value: Any) -> str | None:
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    if not number.is_finite():
        return None
    least = numbers.places(field.currency) if field.kind is FieldKind.MONEY and field.currency else 0
    return as_typed(field, numbers.plain(number, least_places=least))
