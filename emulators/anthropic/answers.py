"""Messages as Anthropic writes them, whole or as a stream of events, with what the faults of content make of them."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emulators.anthropic import faults
from emulators.anthropic.questions import Question

Json = dict[str, Any]
Event = tuple[str, Json]

_CHARACTERS_A_TOKEN = 4
_PIECE = 40  # characters of one delta


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A model uses a tool. `words`: what it says before."""

    name: str
    input: Any
    words: str = ""


@dataclass(frozen=True, slots=True)
class Thought:
    """What a model says: its text, the reasoning it shows before it (empty: none), the tool that it uses after it."""

    text: str
    thinking: str = ""
    tool: ToolUse | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`whole` is the message. `written`: what a tool gets, as the model wrote it, which may be no JSON."""

    whole: Json
    written: str = ""


def tokens(text: str) -> int:
    """Roughly; at least one."""
    return max(1, len(text) // _CHARACTERS_A_TOKEN)


def usage(question: Question, *, cached: bool, least_cached: int) -> Json:
    """Of the input. `cached`: the same beginning was asked before; `least_cached`: fewer tokens are never cached."""
    everything = tokens(
        json.dumps([question.body["messages"], question.body.get("system", ""), *question.tools], ensure_ascii=False)
    )
    constant = tokens(question.constant) if question.constant else 0
    if constant < least_cached:
        constant = 0
    return {
        "input_tokens": max(1, everything - constant),
        "cache_creation_input_tokens": 0 if cached else constant,
        "cache_read_input_tokens": constant if cached else 0,
    }


def message(question: Question, thought: Thought, counted: Json, kind: str | None) -> Answer:
    """`kind`: the fault of content, if any. An answer longer than `max_tokens` is cut without any fault."""
    tool = thought.tool if kind not in {faults.NO_TOOL, faults.REFUSAL} else None
    said, stop, details = thought.text, "end_turn", None
    if kind == faults.NO_TOOL and thought.tool is not None:
        said = said or "I would rather not."
    if kind == faults.REFUSAL:
        said, stop = "", "refusal"
        details = {"type": "refusal", "category": None, "explanation": None}
    elif tool is None:
        said, stop = _spoilt(said, kind, question.max_tokens)
    written, stop = _written(tool, kind, question.max_tokens) if tool else ("", stop)
    content: list[Json] = []
    if thought.thinking:
        content.append({"type": "thinking", "thinking": thought.thinking, "signature": secrets.token_hex(8)})
    if said:
        content.append({"type": "text", "text": said, "citations": None})
    if tool is not None:
        use = {"type": "tool_use", "id": f"toolu_{secrets.token_hex(12)}", "name": tool.name, "input": _read(written)}
        content.append(use)
    whole = {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": question.model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "stop_details": details,
        "usage": counted | {"output_tokens": tokens(said + thought.thinking + written) if content else 0},
    }
    return Answer(whole, written)


def _spoilt(said: str, kind: str | None, most: int) -> tuple[str, str]:
    """A text with its fault, and why it ended."""
    if kind == faults.TRUNCATED:
        return said[: max(1, len(said) // 2)], "max_tokens"
    if kind == faults.INVALID_JSON:
        return f"Here is the JSON: {said[:-2]}", "end_turn"
    if kind == faults.WRONG_SHAPE:
        return '{"answer": ["not", "what", "was", "asked"]}', "end_turn"
    if tokens(said) > most:
        return said[: most * _CHARACTERS_A_TOKEN], "max_tokens"
    return said, "end_turn"


def _written(tool: ToolUse, kind: str | None, most: int) -> tuple[str, str]:
    """What the tool gets, with its fault, and why the model ended."""
    written = json.dumps(tool.input, ensure_ascii=False)
    if kind == faults.TRUNCATED or tokens(written) > most:
        return written[: min(len(written) // 2, most * _CHARACTERS_A_TOKEN)], "max_tokens"
    if kind == faults.INVALID_JSON:
        return f"{written[:-1]}, oops", "tool_use"
    if kind == faults.WRONG_SHAPE:
        return '["not", "what", "was", "asked"]', "tool_use"
    return written, "tool_use"


def _read(written: str) -> Json:
    """A message that is not streamed has an object there, whatever the model wrote."""
    try:
        found = json.loads(written)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def events(answer: Answer) -> Iterator[Event]:
    """The message as a stream."""
    whole = answer.whole
    started = whole | {"content": [], "stop_reason": None, "stop_details": None}
    started["usage"] = whole["usage"] | {"output_tokens": 1}
    yield "message_start", {"message": started}
    for index, block in enumerate(whole["content"]):
        yield from _block(index, block, answer.written)
    ended = {name: whole[name] for name in ("stop_reason", "stop_sequence", "stop_details")}
    yield "message_delta", {"delta": ended, "usage": {"output_tokens": whole["usage"]["output_tokens"]}}
    yield "message_stop", {}


def _block(index: int, block: Json, written: str) -> Iterator[Event]:
    if block["type"] == "tool_use":
        yield "content_block_start", {"index": index, "content_block": block | {"input": {}}}
        for piece in ("", *_pieces(written)):
            yield "content_block_delta", {"index": index, "delta": {"type": "input_json_delta", "partial_json": piece}}
        yield "content_block_stop", {"index": index}
        return
    key = block["type"]  # "text" or "thinking": the block's type is also the name of what it holds
    empty = block | {key: ""} | ({"signature": ""} if key == "thinking" else {})
    yield "content_block_start", {"index": index, "content_block": empty}
    yield "ping", {}
    for piece in _pieces(block[key]):
        yield "content_block_delta", {"index": index, "delta": {"type": f"{key}_delta", key: piece}}
    if key == "thinking":
        signed = {"type": "signature_delta", "signature": block["signature"]}
        yield "content_block_delta", {"index": index, "delta": signed}
    yield "content_block_stop", {"index": index}


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE]


def on_the_wire(event: Event) -> bytes:
    name, data = event
    return f"event: {name}\ndata: {json.dumps({'type': name} | data)}\n\n".encode()
