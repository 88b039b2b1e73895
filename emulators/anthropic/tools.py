"""Tools in a request: what may be offered, how their use stands in the turns, and who may be made to use one.

Source: platform.claude.com/docs/en/agents-and-tools/tool-use and the migration guides of the models named here
"""

import re
from collections.abc import Sequence
from typing import Any

from emulators.anthropic.refusals import invalid

Json = dict[str, Any]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_OF_TOOL = {"name", "description", "input_schema", "type", "strict", "cache_control", "input_examples"}
_CHOICES = {"auto": {"type", "disable_parallel_tool_use"}, "none": {"type"}}
_CHOICES |= {"any": _CHOICES["auto"], "tool": {*_CHOICES["auto"], "name"}}
UNFORCED = {"claude-sonnet-5-5", "claude-opus-5-5"}  # they decide by themselves whether they use a tool


def read_tools(body: Json) -> tuple[Json, ...]:
    """Those that are offered. Raises Refused for what the API does not take."""
    tools = body.get("tools", [])
    if not isinstance(tools, list):
        raise invalid("tools: Input should be a valid list")
    for number, tool in enumerate(tools):
        _check(tool, f"tools.{number}")
    names = [tool["name"] for tool in tools]
    if len(set(names)) < len(names):
        raise invalid("tools: Tool names must be unique.")
    _check_choice(body.get("tool_choice"), names, body.get("model"))
    return tuple(tools)


def _check(tool: Any, where: str) -> None:
    if not isinstance(tool, dict) or tool.get("type", "custom") != "custom":
        raise invalid(f"{where}: Input should be a tool of your own: this API runs no others")
    if extra := set(tool) - _OF_TOOL:
        raise invalid(f"{where}.custom.{sorted(extra)[0]}: Extra inputs are not permitted")
    if not isinstance(tool.get("name"), str) or not _NAME.fullmatch(tool["name"]):
        raise invalid(f"{where}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'")
    schema = tool.get("input_schema")
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise invalid(f"{where}.custom.input_schema.type: Field required")


def _check_choice(choice: Any, names: Sequence[str], model: Any) -> None:
    if choice is None:
        return
    kind = choice.get("type") if isinstance(choice, dict) else None
    if kind not in _CHOICES or set(choice) - _CHOICES[kind]:
        raise invalid("tool_choice: Input should be auto, any, tool or none, and nothing more")
    if not names:
        raise invalid("tool_choice may only be specified while providing tools")
    if kind == "tool" and choice.get("name") not in names:
        raise invalid(f"Tool {choice.get('name')!r} not found in provided tools")
    if kind in {"any", "tool"} and model in UNFORCED:
        raise invalid(f"tool_choice: {kind!r} is not supported on this model; use 'auto'")


def check_turns(messages: Sequence[Json], tools: Sequence[Json]) -> None:
    """Every use of a tool has its result, in the turn that follows it at once. Raises Refused."""
    waiting: list[str] = []
    for number, message in enumerate(messages):
        blocks = message["content"] if isinstance(message["content"], list) else []
        given = [_result(block, f"messages.{number}") for block in blocks if block["type"] == "tool_result"]
        if missing := [each for each in waiting if each not in given]:
            words = "`tool_use` ids were found without `tool_result` blocks immediately after"
            raise invalid(f"messages.{number - 1}: {words}: {', '.join(missing)}")
        if strange := [each for each in given if each not in waiting]:
            raise invalid(f"messages.{number}: unexpected `tool_use_id` found in `tool_result` blocks: {strange[0]}")
        waiting = [_use(block, f"messages.{number}") for block in blocks if block["type"] == "tool_use"]
        if (waiting or given) and not tools:
            raise invalid("Requests which include `tool_use` or `tool_result` blocks must define tools")


def _use(block: Json, where: str) -> str:
    for name, kind in (("id", str), ("name", str), ("input", dict)):
        if not isinstance(block.get(name), kind):
            raise invalid(f"{where}.content.tool_use.{name}: Input should be a valid {kind.__name__}")
    if not _NAME.fullmatch(block["id"]):
        raise invalid(f"{where}.content.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")
    if extra := set(block) - {"type", "id", "name", "input", "cache_control", "caller"}:
        raise invalid(f"{where}.content.tool_use.{sorted(extra)[0]}: Extra inputs are not permitted")
    return str(block["id"])


def _result(block: Json, where: str) -> str:
    if not isinstance(block.get("tool_use_id"), str):
        raise invalid(f"{where}.content.tool_result.tool_use_id: Field required")
    if not isinstance(block.get("content", ""), str | list):
        raise invalid(f"{where}.content.tool_result.content: Input should be a valid string or list")
    if extra := set(block) - {"type", "tool_use_id", "content", "is_error", "cache_control"}:
        raise invalid(f"{where}.content.tool_result.{sorted(extra)[0]}: Extra inputs are not permitted")
    return str(block["tool_use_id"])
