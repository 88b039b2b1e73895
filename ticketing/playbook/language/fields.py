"""The section `fields`: what there is to know about tickets."""

import re
from decimal import Decimal

from ticketing.playbook import patterns
from ticketing.playbook.closest import closest
from ticketing.playbook.conditions import Condition
from ticketing.playbook.expressions import RESERVED
from ticketing.playbook.fields import Field, FieldKind, Fill, Option, Source
from ticketing.playbook.language.models import CustomField
from ticketing.playbook.language.names import BUILT_IN, Known, as_seen
from ticketing.playbook.language.problems import Path, Report
from ticketing.playbook.possible import named

_CHOICES = {FieldKind.DROPDOWN, FieldKind.MULTI_SELECT}
_BOUNDED = {FieldKind.TEXT, FieldKind.NUMBER, FieldKind.MONEY, FieldKind.MULTI_SELECT, FieldKind.FILE}
_COUNTED = _BOUNDED - {FieldKind.NUMBER, FieldKind.MONEY}  # bounds are how many
LONGEST_TEXT, MOST_FILES = 3000, 20

ENTITIES = ("order", "amount", "date", "e-mail", "phone", "tracking")  # what the brain finds in customers' words
_ALONE = {Source.CHANNEL, Source.AGENT, Source.INTENT, Source.CATEGORY, Source.SENTIMENT}  # say all by themselves
# What changes though nothing happens to the ticket.
_BY_THEMSELVES = ("ticket.issues", "ticket.open_hours", "sla.state", "sla.used")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def fields(known: Known) -> dict[str, Field]:
    """Every field, checked. A wrong one is told and may be left incomplete."""
    entries = known.document.fields
    known.labels(("fields",), [(key, each.label) for key, each in entries.items()], of="Fields")
    found = {key: _field(key, entry, known) for key, entry in entries.items()}
    _require_no_circles(known)
    return found


def _field(key: str, entry: CustomField, known: Known) -> Field:
    path: Path = ("fields", key)
    kind, report = FieldKind(entry.kind), known.report
    if key in RESERVED or key in BUILT_IN:
        report.add(path, f'"{key}" cannot be the key of a field: it means something already', at_key=True)
    _options(path, entry, kind, known)
    _currency(path, entry, kind, report)
    _bounds(path, entry, kind, report)
    _pattern(path, entry, kind, report)
    required: bool | Condition = entry.required if isinstance(entry.required, bool) else False
    if isinstance(entry.required, str):
        required = known.condition((*path, "required"), entry.required) or False
    return Field(
        key=key,
        label=entry.label,
        kind=kind,
        hint=entry.hint or "",
        options=tuple(Option(option, label) for option, label in (entry.options or {}).items()),
        currency=entry.currency,
        least=entry.least,
        most=entry.most,
        pattern=entry.pattern,
        required=required,
        show=_show((*path, "show"), entry.show, known),
        fill=_fill(path, entry, kind, known),
    )


def _show(path: Path, source: str | None, known: Known) -> Condition | None:
    """A card is drawn when something happens to its ticket: what changes without that would show too late."""
    found = known.condition(path, source)
    for name in named(known.trees[path], known.conditions) if found is not None else ():
        if name in _BY_THEMSELVES:
            message = f"{name} changes without the ticket, so nothing can be shown by it"
            known.report.add(path, message, "Ask for something else here. Rules under ai may ask for it.")
    return found


def _options(path: Path, entry: CustomField, kind: FieldKind, known: Known) -> None:
    if kind in _CHOICES and entry.options is None:
        message = f"Field {path[-1]} is a {kind}, and has no options"
        known.report.add(path, message, "Add options: with lines key: Label.", at_key=True)
    elif kind not in _CHOICES and entry.options is not None:
        message = f"Options are for dropdown and multi_select, and field {path[-1]} is {kind}"
        known.report.add((*path, "options"), message, "Make it kind: dropdown, or take them out.", at_key=True)
    seen: dict[str, str] = {}
    for key, label in (entry.options or {}).items():
        first = seen.setdefault(as_seen(label), key)
        if first != key:
            message = f'Options {key} and {first} have the same label "{label}"'
            known.report.add((*path, "options", key), message, "Name one otherwise.")


def _currency(path: Path, entry: CustomField, kind: FieldKind, report: Report) -> None:
    if kind is FieldKind.MONEY and entry.currency is None:
        report.add(path, f"Field {path[-1]} is money, and has no currency", "Add a line currency: EUR.", at_key=True)
    elif kind is not FieldKind.MONEY and entry.currency is not None:
        message = f"A currency is for money, and field {path[-1]} is {kind}"
        report.add((*path, "currency"), message, "Make it kind: money, or take the line out.", at_key=True)


def _bounds(path: Path, entry: CustomField, kind: FieldKind, report: Report) -> None:
    least, most = entry.least, entry.most
    for name, bound in (("least", least), ("most", most)):
        if bound is None:
            continue
        if kind not in _BOUNDED:
            message = f"{name} is for text, number, money, multi_select and file; field {path[-1]} is {kind}"
            report.add((*path, name), message, "Take the line out.", at_key=True)
        elif kind in _COUNTED and not (bound == bound.to_integral_value() and 0 <= bound <= _cap(kind, entry)):
            most_words = f"from 0 to {_cap(kind, entry)}"
            report.add((*path, name), f"{name} of a {kind} field is a whole number {most_words}")
    if least is not None and most is not None and least > most:
        report.add((*path, "least"), f"least ({least}) is more than most ({most})", "Exchange them.")


def _cap(kind: FieldKind, entry: CustomField) -> Decimal:
    """How many there can be at most."""
    if kind is FieldKind.TEXT:
        return Decimal(LONGEST_TEXT)
    return Decimal(MOST_FILES if kind is FieldKind.FILE else len(entry.options or {}))


def _pattern(path: Path, entry: CustomField, kind: FieldKind, report: Report) -> None:
    if entry.pattern is None:
        return
    if kind is not FieldKind.TEXT:
        message = f"A pattern is for text, and field {path[-1]} is {kind}"
        report.add((*path, "pattern"), message, "Take the line out.", at_key=True)
    elif flaw := patterns.flaw(entry.pattern):
        report.add((*path, "pattern"), f"The pattern {flaw}", "Write a simpler one, like [A-Z]{2}[0-9]{6}.")


def _fill(path: Path, entry: CustomField, kind: FieldKind, known: Known) -> tuple[Fill, ...]:
    found = []
    for place, written in known.each((*path, "fill"), entry.fill):
        if (fill := _source(place, written, known.report)) is not None:
            found.append(fill)
            if kind is FieldKind.FILE or (kind is FieldKind.CHECKBOX and fill.source is not Source.CUSTOMER):
                known.report.add(place, f"{written} gives text, which a {kind} field cannot hold", "Take it out.")
    return tuple(found)


def _source(place: Path, written: str, report: Report) -> Fill | None:
    source, _, name = written.partition(":")
    if source == Source.ACTION:
        report.add(place, "Actions (action) are not in this version yet", "Take it out.")
        return None
    if source not in set(Source):
        report.add(place, f'"{written}" is nothing that a field is filled from', closest(source, list(Source)))
        return None
    if Source(source) in _ALONE:
        if name:
            report.add(place, f"{source} has nothing after it", f"Write {source}.")
        return Fill(Source(source))
    if Source(source) is Source.ENTITY and name not in ENTITIES:
        report.add(place, f'There is no kind of entity "{name}"', closest(name, ENTITIES))
    elif not name or (Source(source) is Source.CUSTOMER and not _ATTRIBUTE.fullmatch(name)):
        report.add(place, f'"{written}" does not say which', "Write customer:tier, or customer: and an attribute.")
    return Fill(Source(source), name)


def _require_no_circles(known: Known) -> None:
    """A field whose showing depends on itself, also by way of others, would flicker or never be seen."""
    asks = {key: _asked_fields(("fields", key, "show"), known) for key in known.document.fields}
    for key in asks:
        way, todo = {key}, list(asks[key])
        while todo:
            other = todo.pop()
            if other == key:
                message = f"Whether field {key} is shown depends on itself"
                known.report.add(("fields", key, "show"), message, "Let one of them be shown always.")
                break
            if other not in way:
                way.add(other)
                todo += asks.get(other, ())


def _asked_fields(path: Path, known: Known) -> set[str]:
    tree = known.trees.get(path)
    if tree is None:
        return set()
    return {name.removeprefix("fields.") for name in named(tree, known.conditions) if name.startswith("fields.")}
