"""What somebody needs to go on with a ticket at once: what is wanted, what was done, what is missing, what next. Pure.

Made from what is stored, whichever brain has read the customer: nothing here is guessed.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ticketing.fields.requirements import demands
from ticketing.fields.surroundings import Surroundings
from ticketing.playbook.fields import Field, FieldKind, Source
from ticketing.playbook.lifecycle import Status, StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Sentiment

_ACTED = {"done": "the AI has done this: {}", "unknown": "the AI may have done this, and nobody knows: {}"}
_WANTS, _LATELY, _LABEL = 600, 300, 60  # characters
_MOST = 5  # fields that are named
_THEIRS = frozenset({Source.ENTITY, Source.CUSTOMER, Source.INTENT, Source.CATEGORY})  # what customers say, or are
_DECIDED = frozenset({FieldKind.DROPDOWN, FieldKind.MULTI_SELECT, FieldKind.CHECKBOX, FieldKind.MONEY})


@dataclass(frozen=True, slots=True)
class Course:
    """What a ticket has been through, as it is stored. Counts end at a hundred."""

    first_summary: str = ""  # what a brain made of it at first,
    last_summary: str = ""  # … and lately
    sentiment_then: Sentiment | None = None
    understood: int = 0  # so often
    filled: tuple[str, ...] = ()  # keys of fields that the AI has filled in, and nobody confirmed
    replies: int = 0  # that people, or the AI, wrote to the customer about it
    unanswered_since: datetime | None = None  # the customer wrote then, and nobody has answered
    waits_for: str | None = None  # the label of an approval that nobody has decided about
    acts: tuple[tuple[str, str, str | None], ...] = ()  # of its newest run: actions, what came of them, amounts


@dataclass(frozen=True, slots=True)
class Brief:
    """In words for people. `lately`: what the customer wrote since, where that is something else."""

    wants: str
    lately: str
    done: tuple[str, ...]
    missing: tuple[str, ...]
    suggested: str


def brief(ticket: Ticket, course: Course, playbook: Playbook, *, around: Surroundings, now: datetime) -> Brief:
    """Of a ticket as it stands."""
    first, last = course.first_summary.strip(), course.last_summary.strip()
    open_fields = _open_fields(ticket, playbook, around, now)
    asks = frozenset(key for recipe in playbook.recipes.values() for key in recipe.asks)
    unknown = [each.label for each in open_fields if _is_known_by_customers(each, asks)]
    undecided = [each.label for each in open_fields if each.label not in unknown]
    return Brief(
        _cut(first or ticket.description.strip() or ticket.subject, _WANTS),
        _cut(last, _LATELY) if last != first else "",
        tuple(_done(ticket, course, playbook)),
        tuple(_missing(course, unknown, undecided)),
        _suggested(ticket, course, unknown, undecided, playbook),
    )


def _done(ticket: Ticket, course: Course, playbook: Playbook) -> Iterator[str]:
    if ticket.reporter == "ai":
        yield "the AI opened the ticket"
    if course.understood > 1:
        yield f"the AI read what the customer wrote {_times(course.understood)}"
    labels = [playbook.fields[key].label for key in course.filled if key in playbook.fields]
    if labels:
        yield f"the AI filled in {_named(labels)}"
    for action, outcome, amount in course.acts:
        what = f"{action.replace('_', ' ')}{f' of {amount}' if amount else ''}"
        yield _ACTED.get(outcome, "the AI tried: {}").format(what)
    yield f"the customer was answered {_times(course.replies)}" if course.replies else "nobody has answered yet"
    if ticket.hand_offs:
        yield f"it was handed on {_times(ticket.hand_offs)}"
    if ticket.reopenings:
        yield f"it was settled and came back {_times(ticket.reopenings)}"


def _missing(course: Course, unknown: Sequence[str], undecided: Sequence[str]) -> Iterator[str]:
    if course.unanswered_since is not None:
        yield "an answer to the customer"
    if course.waits_for is not None:
        yield f"a decision about “{_cut(course.waits_for, _LABEL)}”"
    if unknown:
        yield _named(unknown)
    if undecided:
        yield f"a decision: {_named(undecided)}"


def _suggested(
    ticket: Ticket, course: Course, unknown: Sequence[str], undecided: Sequence[str], playbook: Playbook
) -> str:
    """One step, the one without which the others help little."""
    if unsure := [action for action, outcome, _ in course.acts if outcome == "unknown"]:
        return f"Look whether this was done before you do it again: {unsure[0].replace('_', ' ')}."
    if course.waits_for is not None:
        return f"Have “{_cut(course.waits_for, _LABEL)}” decided: nothing goes on before."
    ask = f", and ask for what is missing: {_named(unknown)}" if unknown else ""
    if ticket.reopenings:
        return f"Ask the customer what the last solution left open, before the same is tried again{ask}."
    if course.unanswered_since is not None:
        angry = ticket.sentiment in (Sentiment.FRUSTRATED, Sentiment.UPSET)
        how = "Answer in person and say what happens next, by when" if angry else "Answer the customer"
        return f"{how}{ask}."
    if unknown:
        return f"Ask the customer for what is missing: {_named(unknown)}."
    if ticket.status_category is StatusCategory.PENDING:
        return "It waits for somebody else: remind them, or tell the customer how long it will take."
    if undecided:
        return f"Look into it, fill in what you decide ({_named(undecided)}), and tell the customer."
    following = [status.label for status in _ways_on(ticket, playbook)]
    return f"Decide how it goes on: {_either(following[:3])}." if following else "Decide how it goes on."


def _is_known_by_customers(field: Field, asked: Collection[str]) -> bool:
    """Whether they could tell: what is read from their words, what the AI would ask them for, and what is neither
    chosen nor reckoned. The rest comes of the work, and is there when somebody has decided.
    """
    told = any(each.source in _THEIRS for each in field.fill)
    return told or field.key in asked or field.kind not in _DECIDED


def _open_fields(ticket: Ticket, playbook: Playbook, around: Surroundings, now: datetime) -> list[Field]:
    """The fields that the ways on ask for, and that nobody has filled in."""
    rules, found = playbook.lifecycle(ticket.type), dict[str, Field]()
    for status in _ways_on(ticket, playbook):
        arrow = rules.transition(ticket.status, status.key)
        if arrow is not None:
            asked = demands(ticket, arrow, playbook, now=now, around=around)
            found |= {key: playbook.fields[key] for key, _ in asked.missing if key in playbook.fields}
    return list(found.values())


def _ways_on(ticket: Ticket, playbook: Playbook) -> list[Status]:
    """Where it can go from here; not back to where all tickets begin, and not to its end."""
    aside = (StatusCategory.OPEN, StatusCategory.CLOSED)
    return [each for each in playbook.lifecycle(ticket.type).following(ticket.status) if each.category not in aside]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _either(labels: Sequence[str]) -> str:
    """ "Waiting on customer, On hold or Closed"."""
    return " or ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))


def _named(labels: Sequence[str]) -> str:
    more = len(labels) - _MOST
    return f"{', '.join(labels[:_MOST])}{f' and {more} more' if more > 0 else ''}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
