"""Run an action: choose one, fill in what it takes, and what came of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from bot.beneath import Beneath, carried
from bot.intents import Action, Form
from bot.refs import call_value
from bot.submission import private_metadata
from bot.text import inline, pieces, prose, size, title, whole_lines
from bot.views.parts import (
    OPTION,
    PER_GROUP,
    SECTION,
    actions,
    button,
    context,
    described,
    listed,
    mrkdwn,
    option,
    plain,
    section,
)
from bot.views.ticket_card import ref
from bot.wire import Json
from threadline import ActionSpec, OutcomeKind, Shape, Sort
from threadline.declaration import Parameter
from ticketing.resolution.hand_calls import HandCall
from ticketing.resolution.run import Json as Value
from ticketing.tickets.card import TicketCard

PREFIX = "argument:"
_TITLE = "Run an action"
MOST_PARAMETERS, _MOST_LINES = 40, 40
_LONGEST = 3000
_MOST_SECTIONS, _MOST_BYTES = 90, 200_000  # Slack takes 100 blocks, and 250 kB, in all
_FITS = SECTION - 100  # characters
YES, NO = "yes", "no"
_HINT = {
    Sort.NUMBER: "A number, such as 89.00",
    Sort.INSTANT: "A day, or with its time: 2026-11-23, 2026-11-23 14:00+01:00",
    Sort.LIST: 'A list as JSON: ["one", "two"]',
    Sort.MAP: 'As JSON: {"name": "value"}',
    Sort.GROUP: 'As JSON: {"name": "value"}',
}
_BECAME = {
    OutcomeKind.DONE: "✅ Done",
    OutcomeKind.NOT_FOUND: "🔎 There is no such thing",
    OutcomeKind.REFUSED: "⛔ The other side said no",
    OutcomeKind.UNAVAILABLE: "⏳ It cannot be reached now",
    OutcomeKind.UNKNOWN: "❓ Nobody knows whether it was done",
    OutcomeKind.INVALID: "⚠️ It does not take that",
    OutcomeKind.FAILED: "⚠️ The action itself is broken: an admin has to look",
}


def action_modal(
    card: TicketCard,
    offered: Sequence[ActionSpec],
    *,
    chosen: ActionSpec | None = None,
    beneath: Beneath | None = None,
) -> Json:
    """Once one is chosen, what it takes."""
    blocks = [section(mrkdwn(f"*#{card.number} {inline(card.subject, 200)}*"))]
    if not offered:
        words = "This desk has no action that people can run. What they are, and how to add one, is in docs/actions.md."
        return _modal(card, [*blocks, section(plain(words))], beneath)
    blocks.append(section(mrkdwn("*Action*"), accessory=_menu(offered, chosen)))
    if chosen is not None:
        blocks += _form(chosen)
    view = _modal(card, blocks, beneath, action=chosen.name if chosen else "")
    return view | ({"submit": plain("Next")} if chosen is not None else {})


def sure_modal(card: TicketCard, spec: ActionSpec, call: HandCall) -> Json:
    """What would be run, before it is: all of it, to the last character. What cannot be shown is not run."""
    head = section(mrkdwn(f"*{named(spec.name)}* for #{card.number}"))
    shown = list(_in_full(call.arguments)) or [section(mrkdwn("_with nothing to fill in_"))]
    if len(shown) > _MOST_SECTIONS or len(json.dumps(shown).encode()) > _MOST_BYTES:
        words = (
            "It is more than can be looked at here, and what nobody has looked at is not run. Close this, and say less."
        )
        return _modal(card, [head, section(plain(words))], None)
    blocks = [head, *shown]
    if spec.writes:
        words = "It changes something in another system, and stands in the ticket's thread as yours."
        blocks.append(context(plain(words)))
    return _modal(
        card, [*blocks, actions(button("Run it", Action.RUN_ACTION, call_value(call.id), primary=True))], None
    )


def calling_modal(card: TicketCard) -> Json:
    """Until a worker has called it."""
    words = "⏳ Running… What comes of it shows here; the ticket's record has it, too."
    return _modal(card, [section(mrkdwn(words))], None)


def outcome_modal(card: TicketCard, call: HandCall) -> Json:
    """What came of it."""
    outcome = call.outcome or OutcomeKind.UNKNOWN
    blocks = [section(mrkdwn(f"{_BECAME[outcome]}: *{named(call.action)}*"))]
    if words := prose(call.words, 2500):
        blocks.append(section(plain(words)))
    if lines := list(_lines(call.value)):
        shown = lines[: min(_MOST_LINES, whole_lines(lines, _FITS))]
        more = len(lines) - len(shown)
        blocks.append(section(mrkdwn("\n".join(shown) + (f"\n… and {more} more" if more else ""))))
    if call.outcome is OutcomeKind.DONE and not lines and not call.words:
        blocks.append(section(plain("It gave nothing back.")))
    return _modal(card, blocks, None)


def block_of(spec: ActionSpec, parameter: Parameter) -> str:
    """Another action's input of the same name is another input."""
    return f"{PREFIX}{spec.name}:{parameter.name}"[:255]


def _modal(card: TicketCard, blocks: list[Json], beneath: Beneath | None, *, action: str = "") -> Json:
    return {
        "type": "modal",
        "callback_id": Form.RUN_ACTION.value,
        "title": plain(_TITLE),
        "close": plain("Close"),
        "private_metadata": private_metadata(ref(card), card.number, seen=None, action=action, **carried(beneath)),
        "blocks": blocks,
    }


def _menu(offered: Sequence[ActionSpec], chosen: ActionSpec | None) -> Json:
    listing = listed([_option(each) for each in offered], [title(_in_words(each.name), 30) for each in offered])
    menu: Json = {
        "type": "static_select",
        "action_id": Action.CHOOSE_ACTION.value,
        "placeholder": plain("Choose"),
        **listing,
    }
    if chosen is not None:
        menu["initial_option"] = _option(chosen)
    return menu


def _option(spec: ActionSpec) -> Json:
    sign = "✏️" if spec.writes else "🔎"
    return described(
        title(f"{sign} {_in_words(spec.name)}", OPTION), spec.name, title(spec.description or spec.name, OPTION)
    )


def _form(spec: ActionSpec) -> list[Json]:
    about = prose(spec.description, 1000)
    blocks = [context(plain(about))] if about else []
    blocks += [_input(spec, each) for each in spec.parameters[:MOST_PARAMETERS]]
    return blocks


def _input(spec: ActionSpec, parameter: Parameter) -> Json:
    hint = " · ".join(part for part in (parameter.description, _HINT.get(parameter.shape.sort, "")) if part)
    shape: Json = {
        "type": "input",
        "block_id": block_of(spec, parameter),
        "label": plain(title(_in_words(parameter.name), 100)),
        "element": _element(parameter.shape, block_of(spec, parameter)),
        "optional": not parameter.required,
    }
    return shape | ({"hint": plain(title(hint, 300))} if hint else {})


def _element(shape: Shape, name: str) -> Json:
    options = (YES, NO) if shape.sort is Sort.YES_NO else shape.options
    if options and len(options) <= PER_GROUP and all(0 < len(each) <= OPTION for each in options):
        chosen = [option(title(each.replace("_", " "), OPTION), each) for each in options]
        return {"type": "static_select", "action_id": name, "placeholder": plain("Choose"), "options": chosen}
    lines = shape.sort in (Sort.LIST, Sort.MAP, Sort.GROUP)
    return {"type": "plain_text_input", "action_id": name, "multiline": lines, "max_length": _LONGEST}


def _in_full(arguments: Mapping[str, Value]) -> Iterator[Json]:
    """Short ones on lines, as many as fit; what is long, or has lines of its own, below its label."""
    lines: list[str] = []
    for name, value in arguments.items():
        text = _exact(value)
        if "\n" not in text and size(line := f"{_label(name)}: *{inline(text, _FITS) or 'none'}*") <= _FITS // 2:
            lines.append(line)
            continue
        yield from _packed(lines)
        lines = []
        yield section(mrkdwn(f"{_label(name)}:"))
        yield from (section(plain(each)) for each in pieces(text, _FITS))
    yield from _packed(lines)


def _packed(lines: Sequence[str]) -> Iterator[Json]:
    left = list(lines)
    while left:
        fitting = whole_lines(left, _FITS)
        yield section(mrkdwn("\n".join(left[:fitting])))
        left = left[fitting:]


def _exact(value: Value) -> str:
    """As it was typed: lists and maps as JSON."""
    if isinstance(value, bool):
        return YES if value else NO
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _lines(value: Value, at: str = "") -> Iterator[str]:
    """Label and value of everything in it, one on a line."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _lines(each, f"{at} {name}".strip())
    elif isinstance(value, list):
        for number, each in enumerate(value[:10], 1):
            yield from _lines(each, f"{at} {number}".strip())
        if len(value) > 10:
            yield f"{_label(at)}: … {len(value)} in all"
    elif value is not None:
        yield f"{_label(at)}: *{inline(_worded(value), 60) or 'none'}*"


def _label(at: str) -> str:
    return inline(_in_words(at), 60) or "Result"


def named(action: str) -> str:
    """An action's name in words, in mrkdwn."""
    return inline(_in_words(action), 60)


def _in_words(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _worded(value: Value) -> str:
    """A single value for people: instants to the minute."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    with suppress(ValueError):
        if isinstance(value, str) and len(value) > 15 and (at := datetime.fromisoformat(value)).tzinfo is not None:
            return f"{at.astimezone(UTC):%Y-%m-%d %H:%M UTC}"
    return str(value)
