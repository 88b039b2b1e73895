"""Block Kit's limits, one below and one above each."""

from typing import Any

import pytest

from emulators.slack.blocks import message_problems, view_problems
from tests.emulators.slack.conftest import button, card, modal, text_input


def plain(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": "x" * length}


def option(label: int = 1, value: int = 1) -> dict[str, Any]:
    return {"text": plain(label), "value": "v" * value}


def actions(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "actions", "elements": list(elements)}]


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "placeholder": plain(5), **more}


def numbered(count: int) -> list[dict[str, Any]]:
    return [button(f"a{index}") for index in range(count)]


# (what, its blocks as a function of the size, the largest size that is accepted)
MESSAGE_LIMITS = [
    ("section text", lambda n: [{"type": "section", "text": mrkdwn(n)}], 3000),
    ("field text", lambda n: [{"type": "section", "fields": [mrkdwn(n)]}], 2000),
    ("fields", lambda n: [{"type": "section", "fields": [mrkdwn(1)] * n}], 10),
    ("header", lambda n: [{"type": "header", "text": plain(n)}], 150),
    ("context elements", lambda n: [{"type": "context", "elements": [mrkdwn(1)] * n}], 10),
    ("actions elements", lambda n: actions(*numbered(n)), 25),
    ("markdown", lambda n: [{"type": "markdown", "text": "x" * n}], 12_000),
    ("block_id", lambda n: [{"type": "divider", "block_id": "x" * n}], 255),
    ("action_id", lambda n: actions(button("x" * n)), 255),
    ("button text", lambda n: actions(button("a", "x" * n)), 75),
    ("button value", lambda n: actions(button("a", value="x" * n)), 2000),
    ("button url", lambda n: actions(button("a", url="x" * n)), 3000),
    ("options", lambda n: actions(select(options=[option()] * n)), 100),
    ("option groups", lambda n: actions(select(option_groups=[{"label": plain(1), "options": [option()]}] * n)), 100),
    ("option label", lambda n: actions(select(options=[option(label=n)])), 75),
    ("option value", lambda n: actions(select(options=[option(value=n)])), 150),
    ("placeholder", lambda n: actions(select(options=[option()]) | {"placeholder": plain(n)}), 150),
    ("overflow options", lambda n: actions({"type": "overflow", "action_id": "o", "options": [option()] * n}), 5),
    ("checkboxes", lambda n: actions({"type": "checkboxes", "action_id": "c", "options": [option()] * n}), 10),
    ("blocks", lambda n: [{"type": "divider"}] * n, 50),
    ("alt text", lambda n: [{"type": "image", "image_url": "https://x", "alt_text": "x" * n}], 2000),
]
VIEW_LIMITS = [
    ("title", lambda n: modal(title=plain(n)), 24),
    ("submit", lambda n: modal(submit=plain(n)), 24),
    ("close", lambda n: modal(close=plain(n)), 24),
    ("private_metadata", lambda n: modal(private_metadata="x" * n), 3000),
    ("callback_id", lambda n: modal(callback_id="x" * n), 255),
    ("blocks", lambda n: modal(*[{"type": "divider"}] * n), 100),
    ("input label", lambda n: modal(text_input() | {"label": plain(n)}), 2000),
    ("input hint", lambda n: modal(text_input() | {"hint": plain(n)}), 2000),
    ("max_length", lambda n: modal(text_input(max_length=n)), 3000),
    ("initial_value", lambda n: modal(text_input(initial_value="x" * n)), 3000),
    ("initial_value under max_length", lambda n: modal(text_input(max_length=10, initial_value="x" * n)), 10),
]


@pytest.mark.parametrize(
    ("blocks", "most"), [(made, most) for _, made, most in MESSAGE_LIMITS], ids=[each[0] for each in MESSAGE_LIMITS]
)
def test_a_message_limit_is_exact(blocks: Any, most: int) -> None:
    assert message_problems(blocks(most)) == []
    assert len(message_problems(blocks(most + 1))) >= 1


@pytest.mark.parametrize(
    ("view", "most"), [(made, most) for _, made, most in VIEW_LIMITS], ids=[each[0] for each in VIEW_LIMITS]
)
def test_a_view_limit_is_exact(view: Any, most: int) -> None:
    assert view_problems(view(most)) == []
    assert len(view_problems(view(most + 1))) >= 1


REFUSED: list[tuple[str, Any, str]] = [
    ("an unknown block", [{"type": "hologram"}], "unsupported type: hologram [json-pointer:/blocks/0/type]"),
    ("an unknown element", actions({"type": "lever"}), "unsupported type: lever"),
    ("no type", [{}], "missing required field: type"),
    ("not an object", ["x"], "must be an object"),
    ("an unknown property", [{"type": "divider", "colour": "red"}], "invalid additional property: colour"),
    ("a property text has not", [{"type": "header", "text": plain(1) | {"bold": True}}], "additional property: bold"),
    ("a header in mrkdwn", [{"type": "header", "text": mrkdwn(1)}], "/blocks/0/text/type"),
    ("a button in mrkdwn", actions({**button("a"), "text": mrkdwn(1)}), "/blocks/0/elements/0/text/type"),
    ("empty text", [{"type": "section", "text": mrkdwn(0)}], "must be more than 0 characters"),
    ("a section that says nothing", [{"type": "section"}], "missing required field: text"),
    ("an empty actions block", actions(), "no fewer than 1 items"),
    ("a strange style", actions(button("a", style="loud")), "must be one of"),
    ("a select without options", actions(select()), "exactly one of"),
    ("two buttons with one action_id", actions(button("a"), button("a")), "action_id already in use"),
    ("two blocks with one block_id", [{"type": "divider", "block_id": "b"}] * 2, "block_id already in use"),
    ("an input in a message", [text_input()], "unsupported type: input"),
    ("a date that is none", actions({"type": "datepicker", "action_id": "d", "initial_date": "soon"}), "YYYY-MM-DD"),
    ("an image in actions", actions({"type": "image", "image_url": "https://x", "alt_text": "x"}), "unsupported type"),
    ("emoji on mrkdwn", [{"type": "section", "text": mrkdwn(1) | {"emoji": True}}], "additional property: emoji"),
]  # fmt: skip


@pytest.mark.parametrize(("blocks", "words"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_a_message_is_refused(blocks: Any, words: str) -> None:
    assert any(words in each for each in message_problems(blocks)), message_problems(blocks)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ({**modal(), "title": mrkdwn(3)}, "/view/title/type"),
        ({"type": "modal", "blocks": []}, "missing required field: title"),
        ({"type": "drawer"}, "unsupported type: drawer"),
        ({**modal(), "id": "V1"}, "invalid additional property: id"),
        (modal(text_input(), submit=None), "missing required field: submit"),
        (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
        (modal(text_input(focus_on_load=True), text_input("two", focus_on_load=True)), "only one element"),
        ({**modal(), "blocks": []}, "no fewer than 1 items"),
        (modal(text_input(min_length=5, max_length=4)), "min_length must not be greater"),
        ("modal", "must be an object"),
    ],
)  # fmt: skip
def test_a_view_is_refused(view: Any, words: str) -> None:
    assert any(words in each for each in view_problems(view)), view_problems(view)


def test_the_same_action_id_may_stand_in_several_blocks() -> None:
    assert message_problems([*actions(button("claim", value="1")), *actions(button("claim", value="2"))]) == []


def test_every_kind_of_input_is_accepted_in_a_modal() -> None:
    chosen = {"options": [option()]}
    kinds: list[dict[str, Any]] = [
        {"type": "static_select", **chosen},
        {"type": "multi_static_select", **chosen, "max_selected_items": 2},
        {"type": "external_select", "min_query_length": 0},
        {"type": "multi_external_select"},
        {"type": "users_select", "initial_user": "U1"},
        {"type": "multi_users_select"},
        {"type": "conversations_select", "default_to_current_conversation": True, "filter": {"include": ["public"]}},
        {"type": "checkboxes", **chosen},
        {"type": "radio_buttons", **chosen, "initial_option": option()},
        {"type": "datepicker", "initial_date": "2026-01-31"},
        {"type": "timepicker", "initial_time": "09:30"},
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"},
        {"type": "email_text_input"},
        {"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}},
    ]  # fmt: skip
    blocks = [{"type": "input", "label": plain(3), "element": each} for each in kinds]
    assert view_problems(modal(*blocks)) == []


def test_null_counts_as_left_out() -> None:
    assert message_problems([{"type": "section", "text": mrkdwn(1), "accessory": None, "fields": None}]) == []


def test_a_card_is_accepted() -> None:
    assert message_problems(card(button("claim", style="primary", value="12"))) == []
