"""The check of recorded streams, on streams of our own making: it passes what is right and names what is not."""

import json
from pathlib import Path

from emulators.anthropic.answers import Answer, events, on_the_wire
from tests.ai.test_claude_wire import an_answer, an_issue
from tests.corpora.anthropic_streams import check


def record(folder: Path, name: str, text: str, stop: str = "end_turn", *, leave_out: str = "") -> None:
    whole = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-5-5",
        "content": [{"type": "text", "text": text, "citations": None}],
        "stop_reason": stop,
        "stop_sequence": None,
        "stop_details": None,
        "usage": {"input_tokens": 20, "output_tokens": 5},
    }
    written = b"".join(on_the_wire(event) for event in events(Answer(whole)) if event[0] != leave_out)
    (folder / f"{name}.txt").write_bytes(written)


async def test_streams_that_end_as_their_names_say_are_no_problem(tmp_path: Path) -> None:
    record(tmp_path, "basic_response", "Hello there!")
    record(tmp_path, "refusal_response", "I cannot", "refusal")
    record(tmp_path, "incomplete_partial_json_response", '{"ticket_wor', "max_tokens")
    found = await check(tmp_path)
    assert (found.checked, found.failures) == (3, [])


async def test_streams_that_are_something_else_are_named(tmp_path: Path) -> None:
    record(tmp_path, "basic_response", json.dumps(an_answer(an_issue())))
    record(tmp_path, "refusal_response", "Hello there!")
    record(tmp_path, "unended", "Hello there!", leave_out="message_delta")
    assert [failure.split(":")[0] for failure in (await check(tmp_path)).failures] == [
        "basic_response.txt",
        "refusal_response.txt",
        "unended.txt",
    ]
