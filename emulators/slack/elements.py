"""What may stand inside a block: buttons, menus, inputs, and the small objects they are made of.

Limits as published in Slack's Block Kit reference and checked by slack_sdk's models; this is code of its own, so
that neither can hide a mistake of the other.
"""

import re
from typing import Any

from emulators.slack.shapes import (
    Check,
    Problem,
    anything,
    array,
    boolean,
    integer,
    one_of,
    shape,
    string,
    text,
    wrong,
)

ID = string(255)
URL = string(3000)
PLACEHOLDER = text(150, plain=True)

CONFIRM = shape(
    {"title": text(100, plain=True), "text": text(300), "confirm": text(30, plain=True), "deny": text(30, plain=True)},
    {"style": one_of("primary", "danger")},
)
DISPATCH = shape({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), most=2)})


def _option(*, plain: bool, url: bool = False) -> Check:
    extra: dict[str, Check] = {"url": URL} if url else {}
    return shape({"text": text(75, plain=plain), "value": string(150)}, {"description": text(75, plain=plain), **extra})


PLAIN_OPTION = _option(plain=True)
RICH_OPTION = _option(plain=False)
GROUP = shape({"label": text(75, plain=True), "options": array(PLAIN_OPTION, most=100)})


def _one_source_of_options(value: Any) -> list[Problem] | None:
    given = [name for name in ("options", "option_groups") if value.get(name) is not None]
    return None if len(given) == 1 else wrong("must have exactly one of: options, option_groups")


def _length_order(value: Any) -> list[Problem] | None:
    least, most = value.get("min_length"), value.get("max_length")
    if least is not None and most is not None and least > most:
        return wrong("min_length must not be greater than max_length")
    initial = value.get("initial_value")
    if initial is not None and most is not None and len(initial) > most:
        return [("/initial_value", f"must be less than {most + 1} characters")]
    return None


def image_source(value: Any) -> list[Problem] | None:
    given = [name for name in ("image_url", "slack_file") if value.get(name) is not None]
    return None if len(given) == 1 else wrong("must have exactly one of: image_url, slack_file")


def _one_name(value: Any) -> list[Problem] | None:
    given = [name for name in ("id", "url") if value.get(name) is not None]
    return None if len(given) == 1 else wrong("must have exactly one of: id, url")


def _matching(pattern: str, words: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: Any) -> list[Problem] | None:
        return None if isinstance(value, str) and compiled.fullmatch(value) else wrong(words)

    return check


SLACK_FILE = shape(
    {},
    {"id": _matching(r"F[A-Z0-9]{8,}", "input must match regex pattern: ^[F][A-Z0-9]{8,}$"), "url": URL},
    also=_one_name,
)
_DATE = _matching(r"\d{4}-\d{2}-\d{2}", "must be a date, YYYY-MM-DD")
_TIME = _matching(r"\d{2}:\d{2}", "must be a time, HH:mm")
_NUMBER = _matching(r"-?\d+(\.\d+)?", "must be a number, written as a string")
_BASE: dict[str, Check] = {"type": anything, "action_id": ID}
_MENU: dict[str, Check] = {**_BASE, "placeholder": PLACEHOLDER, "confirm": CONFIRM, "focus_on_load": boolean}
_MANY: dict[str, Check] = {**_MENU, "max_selected_items": integer(1, 1_000_000)}
_TYPED: dict[str, Check] = {
    **_BASE,
    "placeholder": PLACEHOLDER,
    "focus_on_load": boolean,
    "dispatch_action_config": DISPATCH,
    "initial_value": string(3000, least=0),
}
_LISTED: dict[str, Check] = {"options": array(PLAIN_OPTION, most=100), "option_groups": array(GROUP, most=100)}
_FILTER = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_REFERENCES = array(ID, most=100, least=0)


def _picker(name: str, check: Check) -> Check:
    return shape({}, {**_MENU, name: check})


MENUS: dict[str, Check] = {
    "static_select": shape({}, {**_MENU, **_LISTED, "initial_option": PLAIN_OPTION}, also=_one_source_of_options),
    "external_select": shape({}, {**_MENU, "initial_option": PLAIN_OPTION, "min_query_length": integer(0, 255)}),
    "users_select": _picker("initial_user", ID),
    "conversations_select": shape(
        {},
        {
            **_MENU,
            "initial_conversation": ID,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": _FILTER,
        },
    ),
    "channels_select": shape({}, {**_MENU, "initial_channel": ID, "response_url_enabled": boolean}),
    "multi_static_select": shape(
        {}, {**_MANY, **_LISTED, "initial_options": array(PLAIN_OPTION, most=100)}, also=_one_source_of_options
    ),
    "multi_external_select": shape(
        {}, {**_MANY, "initial_options": array(PLAIN_OPTION, most=100), "min_query_length": integer(0, 255)}
    ),
    "multi_users_select": shape({}, {**_MANY, "initial_users": _REFERENCES}),
    "multi_conversations_select": shape(
        {},
        {
            **_MANY,
            "initial_conversations": _REFERENCES,
            "default_to_current_conversation": boolean,
            "filter": _FILTER,
        },
    ),
    "multi_channels_select": shape({}, {**_MANY, "initial_channels": _REFERENCES}),
    "datepicker": _picker("initial_date", _DATE),
    "timepicker": shape({}, {**_MENU, "initial_time": _TIME, "timezone": string(100)}),
    "datetimepicker": shape(
        {},
        {
            **_BASE,
            "confirm": CONFIRM,
            "focus_on_load": boolean,
            "initial_date_time": integer(1_000_000_000, 9_999_999_999),
        },
    ),
    "checkboxes": shape(
        {"options": array(RICH_OPTION, most=10)},
        {**_BASE, "confirm": CONFIRM, "focus_on_load": boolean, "initial_options": array(RICH_OPTION, most=10)},
    ),
    "radio_buttons": shape(
        {"options": array(RICH_OPTION, most=10)},
        {**_BASE, "confirm": CONFIRM, "focus_on_load": boolean, "initial_option": RICH_OPTION},
    ),
}
PRESSED: dict[str, Check] = {
    "button": shape(
        {"text": text(75, plain=True)},
        {
            **_BASE,
            "value": string(2000),
            "url": URL,
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "workflow_button": shape(
        {"text": text(75, plain=True), "workflow": anything},
        {**_BASE, "style": one_of("primary", "danger"), "accessibility_label": string(75)},
    ),
    "overflow": shape({"options": array(_option(plain=True, url=True), most=5)}, {**_BASE, "confirm": CONFIRM}),
}
TYPED: dict[str, Check] = {
    "plain_text_input": shape(
        {},
        {**_TYPED, "multiline": boolean, "min_length": integer(0, 3000), "max_length": integer(1, 3000)},
        also=_length_order,
    ),
    "email_text_input": shape({}, _TYPED),
    "url_text_input": shape({}, _TYPED),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
    ),
    "rich_text_input": shape({}, {**_TYPED, "initial_value": anything, "min_lines": integer(1, 100)}),
    "file_input": shape({}, {**_BASE, "filetypes": array(string(100), most=100), "max_files": integer(1, 10)}),
}
IMAGE = shape(
    {"type": anything, "alt_text": string(2000)}, {"image_url": URL, "slack_file": SLACK_FILE}, also=image_source
)
