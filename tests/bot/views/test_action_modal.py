"""Running an action by hand: what a person gets to see before, and after."""

from dataclasses import replace
from typing import Any

from bot.intents import Action
from bot.views.action_modal import action_modal, outcome_modal, sure_modal
from tests.bot.cards import a_card
from tests.bot.views.action_examples import a_call, a_spec
from tests.bot.views.hostile import valid_view
from threadline import OutcomeKind


def texts(view: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]


def can_run(view: dict[str, Any]) -> bool:
    return Action.RUN_ACTION.value in str(view["blocks"])


class TestLookingAtItOnceMore:
    def test_all_of_what_is_run_is_shown_to_the_last_character(self) -> None:
        address, note = f"{'Long Street ' * 8}17, to the account of Mallory", "a line\nof several, " * 500 + "the end"
        numbers = [f"ORDER-{at}" for at in range(150)]
        given = {"address": address, "note": note, "orders": numbers, "none": [], "to": {"bank": {"owner": "M & <M>"}}}
        view = sure_modal(a_card(), a_spec(), replace(a_call(), arguments=given))
        valid_view(view)
        shown = "".join(texts(view))
        assert f"Address: *{address}*" in shown
        assert "".join(note.split()) in "".join(shown.split())
        assert all(f'"{each}"' in shown for each in numbers)
        assert "None: *[]*" in shown
        assert '{"bank": {"owner": "M &amp; &lt;M&gt;"}}' in shown
        assert can_run(view)

    def test_what_is_more_than_slack_shows_is_not_run(self) -> None:
        given = {f"name_{at}": "&" * 3000 for at in range(40)}
        view = sure_modal(a_card(), a_spec(), replace(a_call(), arguments=given))
        valid_view(view)
        assert not can_run(view)
        assert "what nobody has looked at is not run" in texts(view)[-1]


def test_what_came_of_it_is_cut_between_lines_and_never_within_what_stands_for_a_sign() -> None:
    value = {f"{'&' * 9}{at}": "<" * 9 for at in range(35)}
    view = outcome_modal(a_card(), a_call(OutcomeKind.DONE, "", value))
    valid_view(view)
    *lines, last = texts(view)[-1].split("\n")
    assert all(line.endswith("*") for line in lines)
    assert last == f"… and {35 - len(lines)} more"


def test_every_action_can_be_chosen_however_many_there_are() -> None:
    many = [a_spec(f"action_{at:03}") for at in range(230)]
    view = action_modal(a_card(), many, chosen=many[-1])
    valid_view(view)
    menu = view["blocks"][1]["accessory"]
    options = [each["value"] for group in menu["option_groups"] for each in group["options"]]
    assert options == [each.name for each in many]
    assert menu["option_groups"][0]["label"]["text"] == "Action 000 to Action 099"
    assert menu["initial_option"]["value"] == "action_229"
