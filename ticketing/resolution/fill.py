"""Fields hold what was decided about, and what an action gave: facts, whatever a customer wrote before."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from threadline import ActionSpec
from ticketing.fields import numbers
from ticketing.fields.evidence import Evidence
from ticketing.fields.give import give, keep_given
from ticketing.fields.values import Raw, as_typed
from ticketing.people.actor import AI
from ticketing.playbook.conditions import Context
from ticketing.playbook.fields import Field, FieldKind
from ticketing.playbook.resolving import Recipe
from ticketing.resolution.book import Book
from ticketing.resolution.run import Json, StepKind
from ticketing.tickets.save import save_change

_SURE = Evidence(confidence=1.0)


def decided_values(book: Book, recipe: Recipe, names: Context) -> dict[str, Raw]:
    """What the recipe sets, and what it fills in from the arguments and facts that were decided about."""
    given: dict[str, Raw] = dict(recipe.sets)
    for key, expression in recipe.fills.items():
        if (value := _raw(book.playbook.fields.get(key), expression.value(names))) is not None:
            given[key] = value
    return given


def result_values(book: Book, spec: ActionSpec, value: Json) -> dict[str, Raw]:
    """What the action's own result fills in, where tickets of this type have such fields."""
    mine = book.playbook.type(book.ticket.type).fields
    found = {key: _raw(book.playbook.fields.get(key), _at(value, path)) for key, path in spec.fills.items()}
    return {key: raw for key, raw in found.items() if raw is not None and key in mine}


async def fill(book: Book, given: Mapping[str, Raw], *, towards: str | None) -> None:
    """Whatever filled them in before, unless a person stands by it. `towards`: the status that the ticket goes to next.

    Raises what `fields.give` does: FieldsRefused, FieldsMissing, PermissionRefused.
    """
    read = dict.fromkeys(given, _SURE)
    filled = await give(
        book.ticket,
        given,
        by=AI,
        playbook=book.playbook,
        around=book.around,
        towards=towards,
        read=read,
        over_guesses=True,
        uow=book.uow,
        now=book.now,
    )
    changes = await keep_given(filled, by=AI, read=read, uow=book.uow, now=book.now)
    if changes:
        book.ticket = await save_change(*changes, uow=book.uow)
        book.write(StepKind.FILL, "fields", outputs={"fields": list(filled.fields)})


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
