"""Is this what Slack would accept as the blocks of a message, or as a view?

Answers with Slack's error and the places it complains about; draws and stores nothing. Two readings where the
published rules leave room: an `action_id` must be unique within its block (a list may repeat its buttons), and
input blocks are refused in messages.
"""

import json
import random
from collections.abc import Callable
from typing import Any

from emulators.slack.elements import ID, IMAGE, MENUS, PRESSED, SLACK_FILE, TYPED, URL, image_source
from emulators.slack.shapes import (
    Check,
    Problem,
    anything,
    array,
    below,
    boolean,
    by_type,
    one_of,
    shape,
    string,
    text,
    wrong,
)

# Slack's servers were seen to refuse a message's blocks from about this many characters of JSON on.
MOST_CHARACTERS = 13_200
MOST_VIEW_BYTES = 250_000
_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100

_BLOCK: dict[str, Check] = {"type": anything, "block_id": ID}


def _says_something(value: Any) -> list[Problem] | None:
    if value.get("text") is None and value.get("fields") is None:
        return wrong("missing required field: text")
    return None


def _loosely(value: Any) -> list[Problem] | None:
    """Kinds that are accepted without a look inside."""
    problems = ID(value["block_id"]) if value.get("block_id") is not None else None
    return below("block_id", problems) if problems else None


def _part(value: Any) -> list[Problem] | None:
    """A piece of rich text: looked at only as far as that it is one, and that its parts are too."""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return wrong("must be an object with a type")
    parts = value.get("elements", [])
    return _PARTS(parts) if parts else None


_PARTS = array(_part, most=1000, least=0)
_SECTION = shape(
    {},
    {
        **_BLOCK,
        "text": text(3000),
        "fields": array(text(2000), most=10),
        "accessory": by_type({**MENUS, **PRESSED, "image": IMAGE}),
        "expand": boolean,
    },
    also=_says_something,
)
_IMAGE_BLOCK = shape(
    {"alt_text": string(2000)},
    {**_BLOCK, "image_url": URL, "slack_file": SLACK_FILE, "title": text(2000, plain=True)},
    also=image_source,
)
_CONTEXT_ITEM = by_type({"plain_text": text(3000), "mrkdwn": text(3000), "image": IMAGE})
_ACTIONS_ITEM = by_type({**MENUS, **PRESSED, "rich_text_input": TYPED["rich_text_input"]})
_EVERYWHERE: dict[str, Check] = {
    "section": _SECTION,
    "header": shape({"text": text(150, plain=True)}, _BLOCK),
    "divider": shape({}, _BLOCK),
    "image": _IMAGE_BLOCK,
    "context": shape({"elements": array(_CONTEXT_ITEM, most=10)}, _BLOCK),
    "actions": shape({"elements": array(_ACTIONS_ITEM, most=25)}, _BLOCK),
    "rich_text": shape({"elements": _PARTS}, _BLOCK),
    "video": _loosely,
}
_IN_MESSAGES: dict[str, Check] = {
    **_EVERYWHERE,
    "markdown": shape({"text": string(12_000)}, _BLOCK),
    "file": _loosely,
    "table": _loosely,
    "context_actions": _loosely,
}
_IN_MODALS: dict[str, Check] = {
    **_EVERYWHERE,
    "input": shape(
        {"label": text(2000, plain=True), "element": by_type({**MENUS, **TYPED})},
        {**_BLOCK, "hint": text(2000, plain=True), "optional": boolean, "dispatch_action": boolean},
    ),
}
_IN_HOME: dict[str, Check] = {
    **_EVERYWHERE,
    "input": shape(
        {
            "label": text(2000, plain=True),
            "element": by_type({**MENUS, **{kind: each for kind, each in TYPED.items() if kind != "file_input"}}),
        },
        {**_BLOCK, "hint": text(2000, plain=True), "optional": boolean, "dispatch_action": boolean},
    ),
}
_MESSAGE = array(by_type(_IN_MESSAGES), most=MESSAGE_BLOCKS, least=0)
_MODAL_LIST = array(by_type(_IN_MODALS), most=VIEW_BLOCKS)
_HOME_LIST = array(by_type(_IN_HOME), most=VIEW_BLOCKS)


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The interactive elements that stand in a block."""
    kind = block.get("type")
    if kind == "actions":
        return list(block["elements"])
    if kind == "input":
        return [block["element"]]
    accessory = block.get("accessory")
    return [accessory] if kind == "section" and accessory and accessory["type"] != "image" else []


def _unique(blocks: Any) -> list[Problem] | None:
    found: list[Problem] = []
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is not None and block_id in seen:
            found.append((f"/{index}/block_id", f"block_id already in use: {block_id}"))
        seen.add(block_id)
        if block["type"] == "actions":
            actions = [each["action_id"] for each in block["elements"] if each.get("action_id")]
            twice = {each for each in actions if actions.count(each) > 1}
            found += [(f"/{index}/elements", f"action_id already in use: {each}") for each in sorted(twice)]
    return found or None


def _one_focus(blocks: Any) -> list[Problem] | None:
    focused = sum(1 for block in blocks for each in elements_of(block) if each.get("focus_on_load"))
    return wrong("only one element may have focus_on_load") if focused > 1 else None


def _modal_blocks(value: Any) -> list[Problem] | None:
    return _MODAL_LIST(value) or _unique(value) or _one_focus(value)


def _home_blocks(value: Any) -> list[Problem] | None:
    return _HOME_LIST(value) or _unique(value) or _one_focus(value)


def _can_be_submitted(view: Any) -> list[Problem] | None:
    if view.get("submit") is None and any(block["type"] == "input" for block in view["blocks"]):
        return wrong("missing required field: submit")
    return None


_ANY_VIEW: dict[str, Check] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_VIEW = by_type(
    {
        "modal": shape(
            {"type": one_of("modal"), "title": text(24, plain=True), "blocks": _modal_blocks},
            {
                **_ANY_VIEW,
                "submit": text(24, plain=True),
                "close": text(24, plain=True),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
            also=_can_be_submitted,
        ),
        "home": shape({"type": one_of("home"), "blocks": _home_blocks}, _ANY_VIEW),
    }
)


def _spoken(root: str, problems: list[Problem]) -> list[str]:
    return [f"[ERROR] {words} [json-pointer:{root}{pointer}]" for pointer, words in problems]


Refuses = Callable[[dict[str, Any]], str | None]


def _unknown(_: dict[str, Any]) -> str | None:
    """For whoever asks about shapes alone: no file is looked up."""
    return None


def message_problems(blocks: Any, refuses: Refuses = _unknown) -> list[str]:
    """What Slack says about these blocks of a message; empty when it takes them.

    `refuses` is asked about every `slack_file`: what is wrong with it, if anything.
    """
    problems = _MESSAGE(blocks) or _unique(blocks) or _pictures(blocks, refuses)
    return _spoken("/blocks", problems) if problems else []


def view_problems(view: Any, refuses: Refuses = _unknown) -> list[str]:
    """What Slack says about this view; empty when it takes it."""
    problems = _VIEW(view) or [(f"/blocks{pointer}", words) for pointer, words in _pictures(view["blocks"], refuses)]
    return _spoken("/view", problems) if problems else []


def _pictures(blocks: list[dict[str, Any]], refuses: Refuses) -> list[Problem]:
    found: list[Problem] = []
    for index, block in enumerate(blocks):
        for place, each in _images(block):
            if each.get("slack_file") and (words := refuses(each["slack_file"])):
                found.append((f"/{index}{place}/slack_file", words))
    return found


def _images(block: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The pictures in a block and where they stand in it."""
    if block["type"] == "image":
        return [("", block)]
    if block["type"] == "context":
        return [(f"/elements/{at}", each) for at, each in enumerate(block["elements"]) if each["type"] == "image"]
    accessory = block.get("accessory") if block["type"] == "section" else None
    return [("/accessory", accessory)] if accessory and accessory["type"] == "image" else []


def too_long(blocks: Any) -> bool:
    return len(_WRITTEN(blocks)) > MOST_CHARACTERS


def with_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks as Slack stores them: a `block_id` and `action_id` is made up where none was given."""
    return [_with_id(block) for block in blocks]


def _with_id(block: dict[str, Any]) -> dict[str, Any]:
    if not block.get("block_id"):
        block = {**block, "block_id": _made_up()}
    if all(each.get("action_id") for each in elements_of(block)):
        return block
    kind = block["type"]
    if kind == "actions":
        return {**block, "elements": [_with_action(each) for each in block["elements"]]}
    name = "element" if kind == "input" else "accessory"
    return {**block, name: _with_action(block[name])}


def _made_up() -> str:
    return f"{random.getrandbits(32):08x}"


def _with_action(element: dict[str, Any]) -> dict[str, Any]:
    return element if element.get("action_id") else {**element, "action_id": _made_up()}
