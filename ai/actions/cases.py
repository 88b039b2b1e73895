"""Cases that an action is tried on: what is asked, by whom, and what has to come of it (`threadline actions test`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from ai.actions.desk_actions import CallableActions
from ai.actions.wanted import in_words
from threadline import Actor, Context, Customer, Identity, Json, Outcome, OutcomeKind, Shape, Sort, Ticket, as_fact


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CustomerWritten(_Written):
    """`verified` and `claimed`: addresses and numbers; only those of `verified` prove anything."""

    name: str = "A customer"
    language: str | None = None
    tier: str | None = None
    attributes: dict[str, str | int | float | bool] = {}
    verified: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()


class TicketWritten(_Written):
    number: int = 1
    type: str = "query"
    subject: str = ""
    fields: dict[str, Any] = {}


class ContextWritten(_Written):
    """Who asks, and about whom."""

    actor: Literal["ai", "agent", "automation"] = "agent"
    customer: CustomerWritten | None = None
    ticket: TicketWritten | None = None
    now: datetime | None = None
    key: str | None = None  # the idempotency key. Left out: one for each case

    def context(self, key: str, *, now: datetime) -> Context:
        customer, ticket = self.customer, self.ticket
        at = self.now or now
        return Context(
            Actor(self.actor, "A test"),
            at if at.tzinfo else at.replace(tzinfo=UTC),
            self.key or key,
            Ticket(ticket.number, ticket.type, ticket.subject, ticket.fields) if ticket else None,
            _customer(customer) if customer else None,
        )


class Expected(_Written):
    """`values`: dotted paths in the result; numbers are equal as numbers, instants as instants."""

    outcome: OutcomeKind = OutcomeKind.DONE
    values: dict[str, Any] = {}
    words: str = ""  # stand in what people are told


class Case(_Written):
    name: str = ""
    action: str
    arguments: dict[str, Any] = {}
    context: ContextWritten = ContextWritten()
    expect: Expected = Expected()


class Cases(_Written):
    cases: tuple[Case, ...] = Field(min_length=1, max_length=1000)


_NAMES = {
    "": list(Case.model_fields),
    "context": list(ContextWritten.model_fields),
    "context.customer": list(CustomerWritten.model_fields),
    "context.ticket": list(TicketWritten.model_fields),
    "expect": list(Expected.model_fields),
}


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a case. `faults`: in words; none: all is as expected."""

    case: Case
    outcome: Outcome
    faults: tuple[str, ...]


def wrong(error: ValidationError) -> list[str]:
    """What is wrong with a file of cases, a sentence for each fault. Cases are counted from one, as people do."""
    found = error.errors(include_url=False, include_input=False)
    found = [each for each in found if len(each["loc"]) > 1] or found  # of none that can be read it is said, too
    told: list[str] = []
    for number, faults in groupby(found, key=lambda each: each["loc"][1] if len(each["loc"]) > 1 else None):
        within = [ErrorDetails({**each, "loc": each["loc"][2:]}) if number is not None else each for each in faults]
        where = f"case {int(number) + 1}: " if number is not None else ""
        told += [f"{where}{words}" for words in in_words(within, _NAMES, of="it")]
    return told


async def try_case(case: Case, actions: CallableActions, *, key: str, now: datetime) -> Tried:
    """Really calls the action. `key`: its idempotency key, unless the case has one."""
    outcome = await actions.call(case.action, case.arguments, case.context.context(key, now=now))
    spec = actions.specs.get(case.action)
    return Tried(case, outcome, tuple(_faults(case.expect, outcome, spec.result if spec else None)))


def _faults(expected: Expected, outcome: Outcome, shape: Shape | None) -> list[str]:
    found = []
    if outcome.kind is not expected.outcome:
        said = f": {outcome.words}" if outcome.words else ""
        found.append(f"it is {outcome.kind.value}, not {expected.outcome.value}{said}")
    if expected.words and expected.words.casefold() not in outcome.words.casefold():
        found.append(f"it says “{outcome.words}”, without “{expected.words}”")
    if outcome.kind is expected.outcome:
        found += [fault for path, value in expected.values.items() if (fault := _fault(path, value, outcome, shape))]
    return found


def _fault(path: str, expected: Any, outcome: Outcome, shape: Shape | None) -> str | None:
    known, actual = _at(outcome.value, path)
    if not known:
        return f"{path} is not there"
    at = shape.at(path) if shape else None
    if _comparable(expected, at) == _comparable(actual, at):
        return None
    return f"{path} is {actual!r}, not {_plain(expected)!r}"


def _at(value: Json, path: str) -> tuple[bool, Json]:
    for step in path.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return False, None
    return True, value


def _comparable(value: Any, shape: Shape | None) -> Any:
    plain = _plain(value)
    if shape is not None and shape.sort in (Sort.NUMBER, Sort.INSTANT) and plain is not None:
        return as_fact(shape, plain)
    return plain


def _plain(value: Any) -> Any:
    """YAML reads dates as dates."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value) if isinstance(value, Decimal) else value


def _customer(written: CustomerWritten) -> Customer:
    proven = [Identity("test", each, verified=True) for each in written.verified]
    claimed = [Identity("test", each, verified=False) for each in written.claimed]
    return Customer(written.name, written.language, written.tier, written.attributes, (*proven, *claimed))
