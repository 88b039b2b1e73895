"""One value of a field: from what people type or pick to what is stored, and back to text for people.

Stored (`Ticket.fields`): text as it is, numbers and money as canonical decimals ("89.00"), dates as "2026-11-24",
options by their keys in the playbook's order, files by their ids, checkboxes as true or false. What is empty is not
stored at all. The same meaning is always the same stored value.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from ticketing.fields import dates, numbers
from ticketing.fields.refusals import ValueRefused
from ticketing.playbook import patterns
from ticketing.playbook.fields import Field, FieldKind
from ticketing.tickets.ticket import Stored

Raw = str | bool | Sequence[str] | None  # as it comes from a form, a file or the API; None or "": nothing
Typed = str | bool | Decimal | date | tuple[str, ...]

LONGEST_TEXT, MOST_FILES = 3000, 20
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_YES, _NO = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


def parse(field: Field, raw: Raw, *, files: Collection[UUID] = ()) -> Stored | None:
    """The stored value; None: it is empty. `files`: those of the ticket's room, which a file field may name.

    Raises ValueRefused, with what is wrong and what is expected; the caller names the field.
    """
    match field.kind:
        case FieldKind.TEXT:
            return _text(field, _one(raw))
        case FieldKind.NUMBER | FieldKind.MONEY:
            typed = _one(raw)
            return _number(field, typed) if _visible(typed) else None
        case FieldKind.DATE:
            typed = _one(raw)
            return dates.day(typed).isoformat() if _visible(typed) else None
        case FieldKind.DROPDOWN:
            typed = _one(raw)
            return _option(field, typed) if _visible(typed) else None
        case FieldKind.MULTI_SELECT:
            return _options(field, _many(raw))
        case FieldKind.CHECKBOX:
            return _ticked(raw)
        case FieldKind.FILE:
            return _files(field, _many(raw), files)


def read(field: Field, stored: Stored | None) -> Typed | None:
    """What a stored value means. None: nothing, or it is not of the field's kind (any more)."""
    try:
        match field.kind, stored:
            case FieldKind.NUMBER | FieldKind.MONEY, str():
                value = Decimal(stored)
                return value if value.is_finite() else None
            case FieldKind.DATE, str():
                return date.fromisoformat(stored)
            case FieldKind.TEXT | FieldKind.DROPDOWN, str():
                return stored
            case FieldKind.CHECKBOX, bool():
                return stored
            case FieldKind.MULTI_SELECT | FieldKind.FILE, list():
                return tuple(stored)
    except (ValueError, InvalidOperation):
        return None
    return None


def show(field: Field, stored: Stored | None) -> str:
    """For people; "" where there is nothing."""
    value = read(field, stored)
    match value:
        case bool():
            return "Yes" if value else "No"
        case Decimal():
            text = f"{value:,f}"
            return f"{text} {field.currency}" if field.currency else text
        case date():
            return dates.for_people(value)
        case str():
            return _label(field, value) if field.kind is FieldKind.DROPDOWN else value
        case tuple():
            if field.kind is FieldKind.FILE:
                return f"{len(value)} file{'s' if len(value) != 1 else ''}"
            return ", ".join(_label(field, key) for key in value)
        case None:
            return ""


def as_typed(field: Field, stored: Stored | None) -> str:
    """A text that `parse` reads as this stored value, for the kinds that are typed; for dates as forms take them."""
    value = read(field, stored)
    if isinstance(value, Decimal):
        text = format(value, "f")
        # 1.234 could be a thousand: one zero more, and it cannot.
        return f"{text}0" if re.fullmatch(r"-?[1-9][0-9]{0,2}\.[0-9]{3}", text) else text
    return str(stored) if isinstance(value, str | date) else ""


def is_given(field: Field, stored: Stored | None) -> bool:
    """Whether it counts as filled in. A checkbox that has to be ticked counts when it is."""
    value = read(field, stored)
    return value is not None and value is not False and value != "" and value != ()


def same(one: Stored | None, other: Stored | None) -> bool:
    """A box that was never ticked is not ticked."""
    return one == other or (one in (None, False) and other in (None, False) and type(one) is not type(other))


def _one(raw: Raw) -> str:
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise ValueRefused("One value is expected here, as text.")
    return raw


def _many(raw: Raw) -> list[str]:
    if raw is None or raw == "":
        return []
    if isinstance(raw, bool) or not all(isinstance(each, str) for each in raw):
        raise ValueRefused("A list is expected here.")
    return [raw] if isinstance(raw, str) else list(raw)


def _visible(text: str) -> bool:
    """Whether there is anything to see in it."""
    return any(unicodedata.category(sign) not in _UNSEEN for sign in text)


def _text(field: Field, typed: str) -> str | None:
    most = int(field.most) if field.most is not None else LONGEST_TEXT
    if len(typed) > 4 * LONGEST_TEXT:  # before anything looks at each of its signs
        raise ValueRefused(f"This is too long: {most} characters are the most.")
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(_unstorable(sign) for sign in text):
        raise ValueRefused("This holds characters that are none: control characters, or half an emoji. Type it anew.")
    if not _visible(text):
        return None
    if len(text) > most:
        raise ValueRefused(f"This has {len(text)} characters: {most} are the most.")
    if field.least is not None and len(text) < field.least:
        raise ValueRefused(f"This has {len(text)} characters: {int(field.least)} are the least.")
    if field.pattern is not None and not patterns.matches(field.pattern, text):
        wanted = field.hint or f"It has to match {field.pattern}"
        raise ValueRefused(f"{_said(text)} is not written as it has to be. {wanted.rstrip('.')}.")
    return text


def _unstorable(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t"


def _number(field: Field, typed: str) -> str:
    if field.kind is FieldKind.MONEY:
        currency = field.currency or ""
        value = numbers.money(typed, currency)
        text = numbers.plain(value, least_places=numbers.places(currency))
    else:
        value = numbers.number(typed)
        text = numbers.plain(value)
    unit = f" {field.currency}" if field.currency else ""
    if field.least is not None and value < field.least:
        raise ValueRefused(f"{text}{unit} is too little: {field.least}{unit} is the least.")
    if field.most is not None and value > field.most:
        raise ValueRefused(f"{text}{unit} is too much: {field.most}{unit} is the most.")
    return text


def _option(field: Field, typed: str) -> str:
    """By its key, or by its label as people write it."""
    for option in field.options:
        if option.key == typed:
            return option.key
    wanted = _folded(typed) if len(typed) <= LONGEST_TEXT else ""
    for option in field.options:
        if wanted in (_folded(option.label), option.key.casefold()):
            return option.key
    labels = [option.label for option in field.options[:10]]
    more = f" and {len(field.options) - 10} more" if len(field.options) > 10 else ""
    raise ValueRefused(f"{_said(typed)} is none of the options: {', '.join(labels)}{more}.")


def _folded(text: str) -> str:
    """In one of the ways in which the same letters can be written."""
    return unicodedata.normalize("NFC", text.strip().casefold())


def _options(field: Field, given: Sequence[str]) -> list[str] | None:
    _require_few(given, 4 * len(field.options) + 1)
    chosen = {_option(field, each) for each in given}
    _require_count(field, len(chosen))
    return [option.key for option in field.options if option.key in chosen] or None


def _ticked(raw: Raw) -> bool | None:
    if isinstance(raw, bool):
        return raw
    typed = _one(raw)
    word = typed.strip().lower() if len(typed) <= 10 else "?"
    if not word:
        return None
    if word not in _YES | _NO:
        raise ValueRefused(f"{_said(typed)} is neither yes nor no.")
    return word in _YES


def _files(field: Field, given: Sequence[str], known: Collection[UUID]) -> list[str] | None:
    _require_few(given, 10 * MOST_FILES)
    chosen: list[str] = []
    for each in given:
        try:
            file_id = UUID(each) if len(each) <= 36 else None
        except ValueError:
            file_id = None
        if file_id is None or file_id not in known:
            raise ValueRefused("A file is none of this ticket's: choose one that was sent or put in its thread.")
        if str(file_id) not in chosen:
            chosen.append(str(file_id))
    _require_count(field, len(chosen))
    return chosen or None


def _require_few(given: Sequence[str], most: int) -> None:
    if len(given) > most:
        raise ValueRefused(f"{len(given)} are too many.")


def _require_count(field: Field, count: int) -> None:
    most = field.most if field.most is not None else MOST_FILES if field.kind is FieldKind.FILE else None
    if most is not None and count > most:
        raise ValueRefused(f"{count} are too many: {int(most)} at most.")
    if count and field.least is not None and count < field.least:
        raise ValueRefused(f"{count} are too few: {int(field.least)} at least.")


def _label(field: Field, key: str) -> str:
    return next((option.label for option in field.options if option.key == key), key)


def _said(typed: str) -> str:
    return repr(typed[:40]) if len(typed) <= 40 else f"{typed[:40]!r}…"
