"""Inputs for custom fields, for any modal that asks for some, and back from what was filled in. Pure.

An input is named for its field, so that Slack keeps what was typed when the modal is drawn anew around it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.text import title
from bot.views.parts import OPTION, PER_GROUP, option, plain
from bot.wire import Json
from ticketing.attachments.attachment import ShownFile
from ticketing.fields.requirements import asked_by, shown_by
from ticketing.fields.values import LONGEST_TEXT, Raw, as_typed, read
from ticketing.playbook.fields import Field, FieldKind
from ticketing.tickets.changes import ChangedMeanwhile
from ticketing.tickets.ticket import Stored

PREFIX = "f:"  # of the names of blocks and of what is in them
_HINT, _LABEL = 300, 150
_INPUT = {
    FieldKind.TEXT: "plain_text_input",
    FieldKind.NUMBER: "plain_text_input",
    FieldKind.MONEY: "plain_text_input",
    FieldKind.DROPDOWN: "static_select",
    FieldKind.MULTI_SELECT: "multi_static_select",
    FieldKind.DATE: "datepicker",
    FieldKind.CHECKBOX: "checkboxes",
    FieldKind.FILE: "multi_static_select",
}
_ONE_LINE = 200  # characters; a text that may be longer gets several lines


@dataclass(frozen=True, slots=True)
class Inputs:
    """What inputs are drawn from."""

    fields: Sequence[Field]  # in order
    values: Mapping[str, Stored]  # the ticket's
    required: Collection[str] = ()
    files: Sequence[ShownFile] = ()  # of the ticket's room, for file fields
    notes: Mapping[str, str] = field(default_factory=dict)  # said below a field before its own hint
    others: Sequence[Field] = ()  # fields that may come to be there, or to be required
    telling: Collection[str] = ()  # fields on which something else depends


def field_inputs(inputs: Inputs) -> list[Json]:
    """One block a field. Those that others depend on tell us when they are filled in."""
    asked = [*inputs.fields, *inputs.others]
    telling = set(inputs.telling).union(*(asked_by(each) | shown_by(each) for each in asked))
    return [_block(each, inputs, tells=each.key in telling) for each in inputs.fields]


def block_of(key: str) -> str:
    """The name of a field's block: where errors stand."""
    return f"{PREFIX}{key}"


def errors_of(problems: Mapping[str, str], shown: Collection[str]) -> dict[str, str]:
    """Problems by field as Slack takes them. What is not among the `shown` blocks stands at the first of them."""
    found = {block_of(key): words for key, words in problems.items() if block_of(key) in shown}
    elsewhere = [words for key, words in problems.items() if block_of(key) not in shown]
    if elsewhere and shown:
        first = next(iter(shown))
        found[first] = " ".join([*([found[first]] if first in found else []), *elsewhere])
    return found


def raw_values(values: Mapping[str, Mapping[str, Mapping[str, Any]]], fields: Iterable[Field]) -> dict[str, Raw]:
    """What a modal's state says of these fields; those that it does not ask for are missing.

    Raises ChangedMeanwhile: it asks for fields that there are not, or that are of another kind: what was given would
    be lost, or taken for nothing.
    """
    known = {block_of(each.key): each for each in fields}
    found: dict[str, Raw] = {}
    for block in values:
        if block.startswith(PREFIX):
            entry = values[block].get(block, {})
            if block not in known or entry.get("type", _INPUT[known[block].kind]) != _INPUT[known[block].kind]:
                raise ChangedMeanwhile(
                    "The playbook was changed while this was open. Nothing was saved: open it again."
                )
            found[known[block].key] = _raw(known[block], entry)
    return found


def _raw(each: Field, entry: Mapping[str, Any]) -> Raw:
    match each.kind:
        case FieldKind.TEXT | FieldKind.NUMBER | FieldKind.MONEY:
            return str(entry.get("value") or "")
        case FieldKind.DROPDOWN:
            chosen = entry.get("selected_option")
            return str(chosen["value"]) if isinstance(chosen, Mapping) else None
        case FieldKind.DATE:
            return str(entry.get("selected_date") or "")
        case FieldKind.CHECKBOX:
            return bool(entry.get("selected_options"))
        case FieldKind.MULTI_SELECT | FieldKind.FILE:
            return [str(chosen["value"]) for chosen in entry.get("selected_options") or []]


def _block(each: Field, inputs: Inputs, *, tells: bool) -> Json:
    if each.kind is FieldKind.FILE and not inputs.files:
        words = f"{title(each.label, _LABEL)}: this ticket has no files yet. What is put into its thread is one."
        return {"type": "section", "block_id": block_of(each.key), "text": plain(words)}
    stored = inputs.values.get(each.key)
    element = {"action_id": block_of(each.key)} | _element(each, stored, inputs.files)
    block: Json = {
        "type": "input",
        "block_id": block_of(each.key),
        "label": plain(title(each.label, _LABEL)),
        "element": element,
        "optional": each.key not in inputs.required,
        "dispatch_action": tells,
    }
    hint = " ".join(words for words in (inputs.notes.get(each.key), each.hint, _expected(each)) if words)
    return block | ({"hint": plain(title(hint, _HINT))} if hint else {})


def _expected(each: Field) -> str:
    """What its input does not say by itself."""
    return f"In {each.currency}." if each.currency else ""


def _element(each: Field, stored: Stored | None, files: Sequence[ShownFile]) -> Json:
    match each.kind:
        case FieldKind.TEXT | FieldKind.NUMBER | FieldKind.MONEY:
            return _typed(each, stored)
        case FieldKind.DATE:
            day = as_typed(each, stored)
            return {"type": "datepicker"} | ({"initial_date": day} if day else {})
        case FieldKind.CHECKBOX:
            yes = [option("Yes", "yes")]
            return {"type": "checkboxes", "options": yes} | ({"initial_options": yes} if stored is True else {})
        case FieldKind.DROPDOWN:
            return _menu("static_select", _options(each, stored), stored)
        case FieldKind.MULTI_SELECT:
            return _menu("multi_static_select", _options(each, stored), stored)
        case FieldKind.FILE:
            return _menu("multi_static_select", _files(stored, files), stored)


def _typed(each: Field, stored: Stored | None) -> Json:
    most = int(each.most) if each.most is not None and each.kind is FieldKind.TEXT else LONGEST_TEXT
    several = each.kind is FieldKind.TEXT and most > _ONE_LINE and each.pattern is None
    shape: Json = {"type": "plain_text_input", "multiline": several}
    shape["dispatch_action_config"] = {"trigger_actions_on": ["on_enter_pressed"]}
    text = as_typed(each, stored)
    return shape | ({"initial_value": text} if text else {})


def _menu(kind: str, options: list[Json], stored: Stored | None) -> Json:
    shape: Json = {"type": kind, "options": options, "placeholder": plain("Choose")}
    if kind == "static_select":
        chosen = next((each for each in options if each["value"] == stored), None)
        return shape | ({"initial_option": chosen} if chosen else {})
    several = [each for each in options if isinstance(stored, list) and each["value"] in stored]
    return shape | ({"initial_options": several} if several else {})


def _options(each: Field, stored: Stored | None) -> list[Json]:
    """With what is chosen, also where the playbook does not offer it any more: saving the form must not lose it."""
    offered = [option(title(one.label, OPTION), one.key) for one in each.options]
    known = {one.key for one in each.options}
    value = read(each, stored)
    held = [value] if isinstance(value, str) else list(value) if isinstance(value, tuple) else []
    return [*(option(title(key, OPTION), key) for key in held if key not in known), *offered][:PER_GROUP]


def _files(stored: Stored | None, files: Sequence[ShownFile]) -> list[Json]:
    held = stored if isinstance(stored, list) else []
    chosen = [file for file in files if str(file.id) in held]
    others = [file for file in files if str(file.id) not in held]
    known = {str(file.id) for file in files}
    gone = [option("A file that is elsewhere now", file_id) for file_id in held if file_id not in known]
    return [*gone, *(option(title(file.name, OPTION), str(file.id)) for file in chosen + others)][:PER_GROUP]
