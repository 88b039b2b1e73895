"""Reads a request to create a message, as strictly as Anthropic does. Raises Refused for what it would refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulators.anthropic import schemas
from emulators.anthropic.refusals import Refusal, Refused, invalid
from emulators.anthropic.tools import UNFORCED, check_turns, read_tools

Json = dict[str, Any]

_COUNTED = {"messages", "model", "cache_control", "output_config", "system", "thinking", "tool_choice", "tools"}
_CREATED = _COUNTED | {
    "max_tokens",
    "container",
    "diagnostics",
    "inference_geo",
    "metadata",
    "service_tier",
    "speed",
    "stop_sequences",
    "stream",
    "user_profile_id",
    "workspace_id",
}
_EFFORTS = {"low", "medium", "high", "xhigh", "max"}
_BLOCKS = {
    "user": {"text", "image", "document", "search_result", "tool_result"},
    "assistant": {"text", "thinking", "redacted_thinking", "tool_use"},
    "system": {"text"},
}
_MOST_TOKENS = 128_000


@dataclass(frozen=True, slots=True)
class Question:
    """A request that would be answered."""

    body: Json
    model: str
    max_tokens: int
    system: str
    asked: str  # the words of the last turn
    schema: Json | None  # of structured output
    stream: bool
    constant: str  # what stands up to the last mark for caching; empty without one
    tools: tuple[Json, ...] = ()


def read(body: Any, models: Mapping[str, str], *, counting: bool = False) -> Question:
    """`counting`: to count its tokens only."""
    if not isinstance(body, dict):
        raise invalid("The request body must be a JSON object")
    for name in body:
        if name not in (_COUNTED if counting else _CREATED):
            raise invalid(f"{name}: Extra inputs are not permitted")
    model = _model(body.get("model"), models)
    max_tokens = 1 if counting else _max_tokens(body)
    blocks = _system(body.get("system", "")) + _messages(body.get("messages"))
    tools = read_tools(body)
    check_turns(body["messages"], tools)
    _thinking(body.get("thinking"), model)
    schema = _output_config(body.get("output_config"))
    stream = body.get("stream", False)
    if not isinstance(stream, bool):
        raise invalid("stream: Input should be a valid boolean")
    marked = [number for number, block in enumerate(blocks) if _is_marked(block)]
    constant = blocks[: marked[-1] + 1] if marked else []
    return Question(
        body=body,
        model=model,
        max_tokens=max_tokens,
        system="\n".join(block["text"] for block in _system(body.get("system", ""))),
        asked="\n".join(block.get("text", "") for block in _blocks(body["messages"][-1], "messages")),
        schema=schema,
        stream=stream,
        constant="\n".join([*map(str, tools), *(block.get("text", "") for block in constant)]) if constant else "",
        tools=tools,
    )


def _model(model: Any, models: Mapping[str, str]) -> str:
    if not isinstance(model, str):
        raise invalid("model: Field required")
    if model not in models:
        raise Refused(Refusal("not_found_error", f"model: {model}"))
    return model


def _max_tokens(body: Json) -> int:
    if "max_tokens" not in body:
        raise invalid("max_tokens: Field required")
    most = body["max_tokens"]
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise invalid("max_tokens: Input should be greater than or equal to 1")
    if most > _MOST_TOKENS:
        raise invalid(f"max_tokens: {most} > {_MOST_TOKENS}, which is the maximum allowed number of output tokens")
    return most


def _system(system: Any) -> list[Json]:
    if isinstance(system, str):
        return [{"type": "text", "text": system}] if system else []
    return _blocks({"role": "system", "content": system}, "system")


def _messages(messages: Any) -> list[Json]:
    if not isinstance(messages, list) or not messages:
        raise invalid("messages: at least one message is required")
    found: list[Json] = []
    for number, message in enumerate(messages):
        where = f"messages.{number}"
        if not isinstance(message, dict) or message.get("role") not in _BLOCKS:
            raise invalid(f"{where}.role: Input should be 'user', 'assistant' or 'system'")
        if extra := set(message) - {"role", "content"}:
            raise invalid(f"{where}.{sorted(extra)[0]}: Extra inputs are not permitted")
        found += _blocks(message, where)
    if messages[-1]["role"] == "assistant":
        raise invalid("This model does not support assistant message prefill. The conversation must end with a user.")
    return found


def _blocks(message: Json, where: str) -> list[Json]:
    content = message.get("content")
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    if not isinstance(content, list) or not content:
        raise invalid(f"{where}: content must not be empty")
    for block in content:
        if not isinstance(block, dict) or block.get("type") not in _BLOCKS[message["role"]]:
            raise invalid(f"{where}.content: no such content block")
        if block["type"] == "text":
            _text(block, where)
    return content


def _text(block: Json, where: str) -> None:
    text = block.get("text")
    if not isinstance(text, str) or not text.strip():
        raise invalid(f"{where}: text content blocks must be non-empty")
    if extra := set(block) - {"type", "text", "cache_control", "citations"}:
        raise invalid(f"{where}.{sorted(extra)[0]}: Extra inputs are not permitted")
    mark = block.get("cache_control")
    if mark is not None and (mark.get("type") != "ephemeral" or mark.get("ttl", "5m") not in {"5m", "1h"}):
        raise invalid(f"{where}.cache_control: Input should be of type 'ephemeral'")


def _is_marked(block: Json) -> bool:
    return block.get("cache_control") is not None


def _thinking(thinking: Any, model: str) -> None:
    if thinking is None:
        return
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if kind == "enabled":
        raise invalid("thinking: budget_tokens is not supported on this model; use adaptive thinking")
    if kind not in {"adaptive", "between_tools", "disabled"}:
        raise invalid("thinking.type: Input should be 'adaptive', 'between_tools' or 'disabled'")
    if kind == "disabled" and model in UNFORCED:
        raise invalid("thinking: 'disabled' is not supported on this model; use 'between_tools'")


def _output_config(config: Any) -> Json | None:
    if config is None:
        return None
    if not isinstance(config, dict) or set(config) - {"effort", "format"}:
        raise invalid("output_config: Extra inputs are not permitted")
    if config.get("effort", "low") not in _EFFORTS:
        raise invalid(f"output_config.effort: Input should be one of {sorted(_EFFORTS)}")
    wanted = config.get("format")
    if wanted is None:
        return None
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema" or set(wanted) - {"type", "schema"}:
        raise invalid("output_config.format: Input should be of type 'json_schema' with a schema")
    schema = wanted.get("schema")
    try:
        schemas.check(schema)
    except schemas.Unsupported as unsupported:
        raise invalid(f"output_config.format.schema: {unsupported}") from unsupported
    assert isinstance(schema, dict)
    return schema
