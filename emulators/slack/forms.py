"""What Slack's client does with interactive elements before anything is sent: finds them, fills them in, checks them.

Works on blocks and values alone. Everything it refuses, a person could not have done.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from emulators.slack.blocks import elements_of
from emulators.slack.channels import Json
from emulators.slack.files import form_complaint


class CannotDo(Exception):
    """A person cannot do this in Slack: what they would need is not on their screen."""


class NoSuchButton(CannotDo):
    """The element is not in the message or view as it stands now."""


class SaysNothing(CannotDo):
    """What is filled in there reaches the app with the whole form, and not before."""


class NoSuchOption(CannotDo):
    """The menu has no such entry."""


class FormIncomplete(CannotDo):
    """Slack's client refuses to submit. `errors` maps block_id to what it shows there."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{block}: {words}" for block, words in errors.items()))
        self.errors = dict(errors)


# element type -> (its key in the state, its initial value's key)
_STATE = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
NOTHING: Json = {}
_LONGEST = 3000
_REQUIRED = "Please complete this required field."
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def placed(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, interactive element) in order."""
    for block in blocks:
        for element in elements_of(block):
            yield block, element


def find(blocks: list[Json], action_id: str, block_id: str | None, value: str | None) -> tuple[Json, Json]:
    """The one element that is meant. Raises NoSuchButton when there is none, or several that differ."""
    found = [
        (block, element)
        for block, element in placed(blocks)
        if element.get("action_id") == action_id
        and block_id in (None, block["block_id"])
        and (value is None or element["type"] != "button" or element.get("value") == value)
    ]
    if len(found) == 1:
        return found[0]
    there = ", ".join(str(each.get("action_id")) for _, each in placed(blocks)) or "nothing to press"
    what = f"{action_id!r}" + (f" with value {value!r}" if value is not None else "")
    raise NoSuchButton(f"{'several' if found else 'no'} {what} here; there is: {there}")


def entry(element: Json, given: Any) -> Json:
    """An element's part of `view.state` (and of an action) once a person put `given` into it.

    Menus take an option's value, its label, or the whole option; several of them as a list; a file_input `Upload`s.
    None empties it.
    Raises NoSuchOption.
    """
    kind = element["type"]
    key = _STATE[kind][0]
    if given is None:
        return {"type": kind, key: [] if key.endswith("s") else None}
    if key == "files":
        return {"type": kind, key: list(given)}
    if key == "selected_option":
        return {"type": kind, key: _option(element, given)}
    if key == "selected_options":
        return {"type": kind, key: [_option(element, each) for each in given]}
    if key == "value":
        return {"type": kind, key: str(given) or None}
    if key.startswith("selected_") and isinstance(given, (list, tuple)):
        return {"type": kind, key: [getattr(each, "id", each) for each in given]}
    return {"type": kind, key: getattr(given, "id", given)}


def _option(element: Json, given: Any) -> Json:
    offered = [*(element.get("options") or [])]
    for group in element.get("option_groups") or []:
        offered += group["options"]
    for option in offered:
        if given in (option, option.get("value"), option["text"]["text"]):
            return dict(option)
    if "external" in element["type"]:
        # Its options came from the application a moment ago; see Person.suggestions.
        return given if isinstance(given, dict) else {"text": {"type": "plain_text", "text": given}, "value": given}
    raise NoSuchOption(f"{given!r} is not offered by {element.get('action_id')!r}")


def state(blocks: list[Json], values: Mapping[str, Any], *, before: Json = NOTHING) -> Json:
    """`view.state.values` with the initial values and, over them, what the person entered.

    `values` is {action_id: value} or {block_id: {action_id: value}}; `before` is what they had entered already.
    Raises NoSuchButton for a field that is not there, FormIncomplete for what Slack's client would not let pass.
    """
    left = dict(values)
    found: Json = {}
    errors: dict[str, str] = {}
    for block, element in placed(blocks):
        kind = element["type"]
        if kind not in _STATE or kind == "overflow":
            continue
        filled = _filled(left, block["block_id"], element, before)
        found.setdefault(block["block_id"], {})[element["action_id"]] = filled
        if block["type"] == "input" and (words := _complaint(block, element, filled)):
            errors[block["block_id"]] = words
    unknown = [name for name, value in left.items() if value != {} or not isinstance(value, dict)]
    if unknown:
        raise NoSuchButton(f"no such field: {', '.join(unknown)}; there is: {', '.join(_names(blocks))}")
    if errors:
        raise FormIncomplete(errors)
    return found


def so_far(blocks: list[Json], values: Mapping[str, Any], *, before: Json = NOTHING) -> Json:
    """`view.state.values` while the form is still being filled in: it need not be complete. The rest as of `state`."""
    left = dict(values)
    found: Json = {}
    for block, element in placed(blocks):
        if element["type"] in _STATE and element["type"] != "overflow":
            filled = _filled(left, block["block_id"], element, before)
            found.setdefault(block["block_id"], {})[element["action_id"]] = filled
    return found


def kept(entered: Json, blocks: list[Json]) -> Json:
    """What stays filled in when the app changes an open view: inputs whose block_id and action_id stay the same."""
    found: Json = {}
    for block, element in placed(blocks):
        old = entered.get(block["block_id"], {}).get(element.get("action_id"))
        if old is not None and old["type"] == element["type"]:
            found.setdefault(block["block_id"], {})[element["action_id"]] = old
    return found


def _names(blocks: list[Json]) -> list[str]:
    return [str(element["action_id"]) for _, element in placed(blocks)]


def _filled(left: dict[str, Any], block_id: str, element: Json, before: Json) -> Json:
    old = before.get(block_id, {}).get(element["action_id"])
    says = element["action_id"] in left or block_id in left
    if old is not None and not says:
        return dict(old)
    return entry(element, _given(left, block_id, element))


def _given(left: dict[str, Any], block_id: str, element: Json) -> Any:
    """Take this element's value out of what is left, or fall back on its initial value."""
    action_id = element["action_id"]
    inner = left.get(block_id)
    if isinstance(inner, dict) and action_id in inner:
        left[block_id] = {name: value for name, value in inner.items() if name != action_id}
        return inner[action_id]
    if action_id in left:
        return left.pop(action_id)
    return element.get(_STATE[element["type"]][1])


def _complaint(block: Json, element: Json, filled: Json) -> str | None:
    """What Slack's client writes under this input, if anything."""
    value = next(each for name, each in filled.items() if name != "type")
    if value in (None, "", []):
        return None if block.get("optional") else _REQUIRED
    kind = element["type"]
    if kind == "plain_text_input":
        least, most = element.get("min_length") or 0, element.get("max_length") or _LONGEST
        if len(value) < least:
            return f"This field needs at least {least} characters."
        if len(value) > most:
            return f"This field takes at most {most} characters."
    if kind == "number_input":
        return _number_complaint(element, value)
    if kind == "email_text_input" and not _EMAIL.fullmatch(value):
        return "Please enter a valid e-mail address."
    if kind == "file_input":
        return form_complaint([each for each in value if not isinstance(each, dict)], element)  # not yet uploaded
    if kind.startswith("multi_") and len(value) > (element.get("max_selected_items") or len(value)):
        return f"Please choose at most {element['max_selected_items']}."
    return None


def _number_complaint(element: Json, value: str) -> str | None:
    if not _NUMBER.fullmatch(value) or ("." in value and not element["is_decimal_allowed"]):
        return "Please enter a number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(value) < float(least):
        return f"Please enter {least} or more."
    if most is not None and float(value) > float(most):
        return f"Please enter {most} or less."
    return None
