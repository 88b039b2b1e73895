"""Inputs for custom fields: what Slack takes, and that what was filled in comes back as it was meant."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from bot.views.field_inputs import Inputs, block_of, errors_of, field_inputs, raw_values
from bot.wire import Json
from emulators.slack import forms
from tests.bot.views.hostile import valid_view
from ticketing.attachments.attachment import FileState, ShownFile
from ticketing.fields.values import parse
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import Field, FieldKind, Option
from ticketing.tickets.changes import ChangedMeanwhile
from ticketing.tickets.ticket import Stored

FILE = ShownFile(uuid4(), "mug.jpg", "image/jpeg", 10, FileState.STORED, None, True, False, None)
_OPTIONS = tuple(Option(f"key_{n}", f"Option {n} {'long ' * 30}") for n in range(100))
FIELDS = (
    Field("text", "Text", FieldKind.TEXT, hint="h" * 500),
    Field("order", "Order <!channel>", FieldKind.TEXT, pattern="[A-Z]+", most=Decimal(20)),
    Field("number", "Number", FieldKind.NUMBER),
    Field("money", "Money " + "x" * 300, FieldKind.MONEY, currency="USD"),
    Field("choice", "Choice", FieldKind.DROPDOWN, options=_OPTIONS),
    Field("several", "Several", FieldKind.MULTI_SELECT, options=_OPTIONS),
    Field("day", "Day", FieldKind.DATE),
    Field("box", "Box", FieldKind.CHECKBOX),
    Field("files", "Files", FieldKind.FILE),
)
VALUES: dict[str, Stored] = {
    "text": "line\n" * 599 + "end",
    "order": "ABC",
    "number": "1.234",
    "money": "1234.50",
    "choice": "key_3",
    "several": ["key_0", "key_99"],
    "day": "2026-11-24",
    "box": True,
    "files": [str(FILE.id)],
}


def untouched(blocks: list[Json]) -> dict[str, Any]:
    """The state of a modal that nobody touched."""
    values: dict[str, Any] = forms.state(blocks, {})
    return values


def a_view(blocks: list[Json]) -> Json:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Fields"},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": blocks,
    }


@pytest.mark.parametrize("values", [{}, VALUES], ids=["empty", "full"])
@pytest.mark.parametrize("files", [(), (FILE,)], ids=["no files", "a file"])
def test_every_kind_is_taken_by_slack_empty_and_full(values: dict[str, Stored], files: tuple[ShownFile, ...]) -> None:
    blocks = field_inputs(Inputs(FIELDS, values, required={"text"}, files=files))
    valid_view(a_view(blocks))
    assert [block["block_id"] for block in blocks] == [block_of(field.key) for field in FIELDS]
    assert [block["block_id"] for block in blocks if block.get("optional") is False] == ["f:text"]


def test_a_form_that_nobody_touched_says_what_the_ticket_holds() -> None:
    blocks = field_inputs(Inputs(FIELDS, VALUES, files=(FILE,)))
    raw = raw_values(untouched(blocks), FIELDS)
    assert {field.key: parse(field, raw[field.key], files={FILE.id}) for field in FIELDS} == VALUES


def test_an_empty_form_says_nothing() -> None:
    raw = raw_values(untouched(field_inputs(Inputs(FIELDS, {}))), FIELDS)
    assert {key: raw[key] for key in raw if raw[key]} == {}
    assert "files" not in raw  # there was nothing to choose from


@pytest.mark.parametrize(
    "now",
    [
        [each for each in FIELDS if each.key != "choice"],
        [replace(each, kind=FieldKind.TEXT, options=()) if each.key == "choice" else each for each in FIELDS],
        [replace(each, kind=FieldKind.DROPDOWN) if each.key == "several" else each for each in FIELDS],
        [replace(each, kind=FieldKind.DATE) if each.key == "order" else each for each in FIELDS],
    ],
    ids=["a field less", "text now", "one instead of several", "a date now"],
)
def test_a_form_drawn_from_another_playbook_empties_nothing(now: list[Field]) -> None:
    with pytest.raises(ChangedMeanwhile, match="The playbook was changed"):
        raw_values(untouched(field_inputs(Inputs(FIELDS, VALUES, files=(FILE,)))), now)


def test_an_option_that_is_offered_no_more_stays_chosen() -> None:
    blocks = field_inputs(Inputs(FIELDS, {"choice": "key_of_before", "files": [str(uuid4())]}, files=(FILE,)))
    assert raw_values(untouched(blocks), FIELDS)["choice"] == "key_of_before"


def test_fields_that_others_depend_on_tell_when_they_are_filled_in() -> None:
    amount = Field("amount", "Amount", FieldKind.NUMBER, show=Condition('fields.choice == "key_1"'))
    blocks = field_inputs(Inputs(FIELDS, {}, others=[amount]))
    assert [block["block_id"] for block in blocks if block.get("dispatch_action")] == ["f:choice"]


def test_problems_stand_at_their_fields_and_others_at_the_first() -> None:
    problems = {"amount": "too much", "hidden": "not there"}
    assert errors_of(problems, ["f:order", "f:amount"]) == {"f:amount": "too much", "f:order": "not there"}
    assert errors_of({"order": "wrong", "hidden": "not there"}, ["f:order"]) == {"f:order": "wrong not there"}
