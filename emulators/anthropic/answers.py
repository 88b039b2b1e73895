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
class Thought:
    """What a model says: its text, and the reasoning it shows before it (empty: none)."""

    text: str
    thinking: str = ""


def tokens(text: str) -> int:
    """Roughly; at least one."""
    return max(1, len(text) // _CHARACTERS_A_TOKEN)


def usage(question: Question, *, cached: bool, least_cached: int) -> Json:
    """Of the input. `cached`: the same beginning was asked before; `least_cached`: fewer tokens are never cached."""
    everything = tokens(json.dumps([question.body["messages"], question.body.get("system", "")], ensure_ascii=False))
    constant = tokens(question.constant) if question.constant else 0
    if constant < least_cached:
        constant = 0
    return {
        "input_tokens": max(1, everything - constant),
        "cache_creation_input_tokens": 0 if cached else constant,
        "cache_read_input_tokens": constant if cached else 0,
    }


def message(question: Question, thought: Thought, counted: Json, kind: str | None) -> Json:
    """`kind`: the fault of content, if any. An answer longer than `max_tokens` is cut without any fault."""
    text, stop, details = thought.text, "end_turn", None
    if kind == faults.REFUSAL:
        text, stop = "", "refusal"
        details = {"type": "refusal", "category": None, "explanation": None}
    elif kind == faults.TRUNCATED:
        text, stop = text[: max(1, len(text) // 2)], "max_tokens"
    elif kind == faults.INVALID_JSON:
        text = f"Here is the JSON: {text[:-2]}"
    elif kind == faults.WRONG_SHAPE:
        text = '{"answer": ["not", "what", "was", "asked"]}'
    elif tokens(text) > question.max_tokens:
        text, stop = text[: question.max_tokens * _CHARACTERS_A_TOKEN], "max_tokens"
    content: list[Json] = []
    if thought.thinking:
        content.append({"type": "thinking", "thinking": thought.thinking, "signature": secrets.token_hex(8)})
    if text:
        content.append({"type": "text", "text": text, "citations": None})
    return {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": question.model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "stop_details": details,
        "usage": counted | {"output_tokens": tokens(text + thought.thinking) if content else 0},
    }


def events(whole: Json) -> Iterator[Event]:
    """The message as a stream."""
    started = whole | {"content": [], "stop_reason": None, "stop_details": None}
    started["usage"] = whole["usage"] | {"output_tokens": 1}
    yield "message_start", {"message": started}
    for index, block in enumerate(whole["content"]):
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
    ended = {name: whole[name] for name in ("stop_reason", "stop_sequence", "stop_details")}
    yield "message_delta", {"delta": ended, "usage": {"output_tokens": whole["usage"]["output_tokens"]}}
    yield "message_stop", {}


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE]


def on_the_wire(event: Event) -> bytes:
    name, data = event
    return f"event: {name}\ndata: {json.dumps({'type': name} | data)}\n\n".encode()
