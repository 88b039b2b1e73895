"""What is done with tools when nobody scripted anything: a plain rule that follows the first recipe it is told.

It reads the JSON of the first turn as a model would, and understands English words only. It stops where something
failed, where it was asked to, and where it is offered nothing that it recognises.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from emulators.anthropic.answers import ToolUse
from emulators.anthropic.questions import Question

Json = dict[str, Any]

_ORDER = re.compile(
    r"\b(?:order|pedido|bestellung|commande)\s{0,2}(?:number\s)?#?\s?(\d{2,14})\b|(?<!\w)#(\d{3,14})\b", re.I
)
_OTHERWISE = re.compile(
    r"\b(?:exchange|replacement|swap|repair|new one|human|real person|stop|never ?mind|keep it|"
    r"don't (?:want a )?refund)\b",
    re.I,
)
_ASKS, _GIVES_UP = re.compile(r"ask"), re.compile(r"hand|person|escalate")


def next_step(question: Question) -> Any:
    """The use of a tool, or words where none fits."""
    tools = {tool["name"]: tool for tool in question.tools}
    gives_up = next((name for name in tools if _GIVES_UP.search(name)), None)
    told, before = _told(question.body["messages"]), _used(question.body["messages"])
    recipe = next((each for each in told.get("recipes", []) if each.get("tool") in tools), None)
    if recipe is None or before.get(recipe["tool"]) is not None or False in before.values():
        return _leave(tools, gives_up, "Nothing that is offered fits, or something failed.")
    if _OTHERWISE.search(_newest(told)):
        return _leave(tools, gives_up, "The customer wants something else.")
    arguments = _completed(recipe["arguments"], tools[recipe["tool"]], told)
    missing = [field for field in recipe.get("missing", {}) if not _among(field, arguments)]
    if missing:
        asks = next((name for name in tools if _ASKS.search(name)), None)
        if asks is None or asks in before:
            return _leave(tools, gives_up, f"{missing[0]} is missing.")
        return ToolUse(asks, _filled(tools[asks], {"field": missing[0], "because": f"{missing[0]} is missing."}))
    return ToolUse(recipe["tool"], arguments)


def _told(messages: list[Json]) -> Json:
    content = messages[0]["content"]
    text = content if isinstance(content, str) else "\n".join(block.get("text", "") for block in content)
    try:
        found = json.loads(text[text.index("{") :])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _used(messages: list[Json]) -> dict[str, bool]:
    """The tools that were used, and whether that went well."""
    names: dict[str, str] = {}
    went: dict[str, bool] = {}
    for block in (each for message in messages if isinstance(message["content"], list) for each in message["content"]):
        if block["type"] == "tool_use":
            names[block["id"]] = block["name"]
        elif block["type"] == "tool_result":
            went[names[block["tool_use_id"]]] = not block.get("is_error", False)
    return went


def _newest(told: Json) -> str:
    said = [each.get("text", "") for each in told.get("messages", []) if each.get("from") == "customer"]
    return str(said[-1]) if said else ""


def _completed(arguments: Json, tool: Json, told: Json) -> Json:
    """With the order's number out of the customer's words, where the recipe has none."""
    words = " ".join(each.get("text", "") for each in told.get("messages", []) if each.get("from") == "customer")
    found = _ORDER.search(words)
    known = tool["input_schema"].get("properties", {})
    given = {name: value for name, value in arguments.items() if value is not None}
    for name in known:
        if found and name not in given and "order" in name:
            given[name] = found[1] or found[2]
    return given


def _among(field: str, arguments: Mapping[str, Any]) -> bool:
    return any(name in field or field in name for name in arguments)


def _leave(tools: Mapping[str, Json], name: str | None, why: str) -> Any:
    return ToolUse(name, _filled(tools[name], {"because": why})) if name else why


def _filled(tool: Json, values: Json) -> Json:
    return {name: value for name, value in values.items() if name in tool["input_schema"].get("properties", {})}
