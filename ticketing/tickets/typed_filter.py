"""A filter as people type it in one line: `status:open type:return assignee:me "broken mug"`. Values in, a value out.

Keys and labels are both understood, and so are some words by themselves: `urgent`, `pending`, `unassigned`. What is
meant for a condition and is none is refused, with what may have been meant: a list must never be of something else
than what was asked for. Any other word is looked for in the tickets' texts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from difflib import get_close_matches

from ticketing.collaboration.tags import normalised
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.asking import NOBODY, Directory, read_filter, read_order
from ticketing.tickets.listing import BY_PRIORITY, CURRENT, FilterRefused, Order, TicketFilter
from ticketing.triage.suggestion import Priority

MOST_CHARACTERS = 400  # of the line
NAMES = (
    *("status", "stage", "type", "category", "priority", "assignee", "team", "owner"),
    *("tag", "channel", "number", "escalated", "created", "due", "sort"),
)
ME = ("me", "mine")
_PIECE = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_CONDITION = re.compile(r"(!?)((?:[Ff]ield\.)?[A-Za-z][A-Za-z0-9_-]*)(?:(:|>=|<=|=)(.*))?", re.DOTALL)
_QUOTES = str.maketrans("“”„‟«»", '""""""')  # what phones make of plain ones
_UNASSIGNED = ("unassigned", *NOBODY)


@dataclass(frozen=True, slots=True)
class Known:
    """What can be meant. `channels`: by key, what they are called; `zone`: whose days are the desk's."""

    directory: Directory
    playbook: Playbook
    me: Person
    channels: Mapping[str, str]
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Asked:
    """`said`: what was understood, for whoever asked: "status: Open"."""

    filter: TicketFilter
    order: Order
    said: tuple[str, ...]


def read_typed(line: str, known: Known) -> Asked:
    """Closed tickets are left out, unless it says which status, stage or number. Raises FilterRefused, TagRefused."""
    if len(line) > MOST_CHARACTERS:
        raise FilterRefused(f"That is too long: at most {MOST_CHARACTERS} characters.")
    asked: dict[str, list[str]] = {}
    conditions, words, said, order = [], [], [], BY_PRIORITY
    for piece in _PIECE.findall(line.translate(_QUOTES)):
        name, sign, value = _split(piece, known)
        match name:
            case "":
                words.append(piece)
            case "sort":
                order = read_order(value.casefold())
                said.append(f"by {value.casefold()}")
            case _ if sign in (">=", "<=") or name.startswith(("field.", "!field.")):
                conditions.append(f"{name}{sign}{value}")
                said.append(conditions[-1])
            case _:
                keys, labels = zip(*(_value(name, each, known) for each in _several(value, piece)), strict=True)
                asked.setdefault(name, []).extend(keys)
                said.append(f"{name}: {', '.join(labels)}")
    conditions += [f"{name}={','.join(values)}" for name, values in asked.items()]
    text = " ".join(words)
    wanted = read_filter(conditions, known.directory, text=text, zone=known.zone)
    if not (wanted.stages or wanted.statuses or wanted.numbers):
        wanted = replace(wanted, stages=CURRENT)
    return Asked(wanted, order, (*said, *([f"words: {text}"] if text else [])))


def _split(piece: str, known: Known) -> tuple[str, str, str]:
    """Name, sign and value of a condition; no name: it is a word of texts. Raises FilterRefused."""
    bare = piece.casefold()
    match = None if piece.startswith('"') else _CONDITION.fullmatch(piece)
    if match is None:
        number = re.fullmatch(r"#([0-9]{1,9})", piece)
        return ("number", "=", number[1]) if number else ("", "", piece)
    turned, name, sign, value = match.groups()
    if name[:6].casefold() == "field.":
        key = _named("field", name[6:], {key: each.label for key, each in known.playbook.fields.items()})[0]
        given = _field_value(key, (value or "").replace('"', ""), piece, known) if sign in (":", "=") else value or ""
        return f"{turned}field.{key}", "=" if sign == ":" else sign or "", given.replace('"', "")
    if turned and (sign or _by_itself(bare[1:], known)):
        raise FilterRefused(f"“{piece}”: only whether a field has a value can be turned around, as in !field.refund.")
    if sign is None:
        return _by_itself(bare, known) or ("", "", piece)
    if (name := name.casefold()) not in NAMES:
        raise FilterRefused(f"“{piece}” is no condition: there is no “{name}”.{_perhaps(name, NAMES, ':…')}")
    if sign in (">=", "<=") and name not in ("created", "due"):
        raise FilterRefused(f"“{piece}”: only created, due and fields can be compared. Write {name}:…")
    if sign in (":", "=") and name in ("created", "due"):
        raise FilterRefused(f"“{piece}”: say since when or until when: {name}>=2026-11-24 or {name}<=2026-11-24.")
    return name, "=" if sign == ":" else sign, value.replace('"', "")


def _field_value(key: str, value: str, piece: str, known: Known) -> str:
    """As it is stored: of a field with options their keys, however they are spelled."""
    options = {each.key: each.label for each in known.playbook.fields[key].options}
    return ",".join(_named(key, each, options)[0] if options else each for each in _several(value, piece))


def _by_itself(word: str, known: Known) -> tuple[str, str, str] | None:
    """What a word says without a name before it, if it does."""
    if word in _UNASSIGNED:
        return "assignee", "=", NOBODY[0]
    if word == "escalated":
        return word, "=", "yes"
    if word == "mine":
        return "assignee", "=", "me"
    if word in set(Priority):
        return "priority", "=", word
    if word in set(StatusCategory):
        return "stage", "=", word
    return next((("status", "=", key) for key in _statuses(known.playbook) if key == word), None)


def _several(value: str, piece: str) -> Iterator[str]:
    values = [each.strip() for each in value.split(",") if each.strip()]
    if not values:
        raise FilterRefused(f"“{piece}”: what comes after it is missing.")
    yield from values


def _value(name: str, said: str, known: Known) -> tuple[str, str]:
    """The key that is stored, or what `read_filter` takes, and how it reads. Raises FilterRefused."""
    match name:
        case "status":
            return _named(name, said, _statuses(known.playbook))
        case "type":
            return _named(name, said, {key: each.label for key, each in known.playbook.types.items()})
        case "category":
            return _named(name, said, known.playbook.categories)
        case "stage" | "priority":
            kind: Iterable[str] = StatusCategory if name == "stage" else Priority
            return _named(name, said, {key: str(key) for key in kind})
        case "channel":
            return _named(name, said, known.channels)
        case "assignee" | "owner":
            return _person(name, said, known)
        case "team":
            teams = {each.name: each.name for each in known.directory.teams}
            return (NOBODY[0], "none") if said.casefold() in NOBODY else _named(name, said, teams)
        case "tag":
            return normalised([said])[0], said
    return said.casefold(), said


def _person(name: str, said: str, known: Known) -> tuple[str, str]:
    """By e-mail, name, or a first name that one person has; "me"."""
    plain = said.removeprefix("@").casefold()
    if plain in ME:
        return known.me.email, known.me.name
    if plain in _UNASSIGNED:
        return NOBODY[0], "nobody"
    people = known.directory.people
    found = [each for each in people if plain in (each.email.casefold(), each.name.casefold())]
    found = found or [each for each in people if plain == each.name.casefold().split(" ")[0]]
    if len(found) == 1:
        return found[0].email, found[0].name
    if found:
        raise FilterRefused(f"“{said}” is the name of several: use the e-mail.")
    if name == "owner" and any(plain == each.name.casefold() for each in known.directory.teams):
        return said, said
    raise FilterRefused(f"“{said}” is nobody here.{_perhaps(plain, [each.name for each in people])}")


def _named(name: str, said: str, labels: Mapping[str, str]) -> tuple[str, str]:
    """By key or label, however it is spelled."""
    plain = _plain(said)
    for key, label in labels.items():
        if plain in (_plain(key), _plain(label)):
            return key, label
    raise FilterRefused(f"There is no {name} “{said}”.{_perhaps(said, [*labels, *labels.values()])}")


def _statuses(playbook: Playbook) -> dict[str, str]:
    return {each.key: each.label for lifecycle in playbook.lifecycles.values() for each in lifecycle.statuses}


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.casefold()).strip()


def _perhaps(said: str, there: Iterable[str], after: str = "") -> str:
    """What may have been meant, and else some of what there is."""
    names = list(dict.fromkeys(there))
    by_plain = {_plain(each): each for each in reversed(names)}
    if near := get_close_matches(_plain(said), by_plain, n=1, cutoff=0.6):
        return f" Did you mean {by_plain[near[0]]}{after}?"
    return f" There are: {', '.join(names[:15])}{', …' if len(names) > 15 else ''}." if names else ""
