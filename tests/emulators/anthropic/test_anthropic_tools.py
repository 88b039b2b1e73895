"""Tools as the real SDK sees them: used whole and streamed, their results sent back; and what is refused."""

import json
from typing import Any

import anthropic
import pytest
from anthropic import AsyncAnthropic

from emulators.anthropic import Organization
from tests.emulators.anthropic.conftest import ASKED

LARGER = "claude-sonnet-5-5"
REFUND = {
    "name": "issue_refund",
    "description": "Give money back.",
    "input_schema": {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]},
}
ASKS: Any = {
    "name": "ask-customer",
    "input_schema": {"type": "object", "properties": {"field": {"type": "string"}, "because": {"type": "string"}}},
}
LEAVES: Any = {
    "name": "hand-over",
    "input_schema": {"type": "object", "properties": {"because": {"type": "string"}}},
}
AUTO: Any = {"type": "auto", "disable_parallel_tool_use": True}
WORK: dict[str, Any] = ASKED | {"tools": [REFUND, ASKS, LEAVES], "tool_choice": AUTO}


def about(text: str, **recipe: Any) -> dict[str, Any]:
    """A ticket to work on, as a desk tells it."""
    recipes = [{"tool": "issue_refund", "arguments": {}, "missing": {}} | recipe]
    told = {"messages": [{"from": "customer", "text": text}], "recipes": recipes}
    return WORK | {"messages": [{"role": "user", "content": f"Work on this:\n{json.dumps(told)}"}]}


def after(question: dict[str, Any], use: Any, *, failed: bool = False) -> dict[str, Any]:
    """The same question, when that tool has been used."""
    result = {"type": "tool_result", "tool_use_id": use.id, "content": "…", "is_error": failed}
    turns = [
        {"role": "assistant", "content": [{"type": "tool_use", "id": use.id, "name": use.name, "input": use.input}]},
        {"role": "user", "content": [result]},
    ]
    return question | {"messages": [*question["messages"], *turns]}


async def used(client: AsyncAnthropic, question: dict[str, Any]) -> Any:
    message = await client.messages.create(**question)
    assert message.stop_reason == "tool_use"
    return message.content[-1]


class TestUse:
    async def test_a_scripted_tool_is_used_whole(self, organization: Organization, client: AsyncAnthropic) -> None:
        organization.uses("issue_refund", {"order": "78932"}, words="I refund it.")
        message = await client.messages.create(**WORK)
        assert [block.type for block in message.content] == ["text", "tool_use"]
        use = message.content[1]
        assert use.type == "tool_use"
        assert (use.name, use.input, message.stop_reason) == ("issue_refund", {"order": "78932"}, "tool_use")
        assert message.usage.output_tokens > 0

    async def test_the_same_comes_in_pieces_of_json(self, organization: Organization, client: AsyncAnthropic) -> None:
        given = {"order": "78932", "note": "it is broken 🙏 " * 20}
        organization.uses("issue_refund", given, thinking="Broken.")
        async with client.messages.stream(**WORK) as stream:
            pieces = [event.partial_json async for event in stream if event.type == "input_json"]
            final = await stream.get_final_message()
        assert len(pieces) > 3
        assert json.loads("".join(pieces)) == given
        assert [block.type for block in final.content] == ["thinking", "tool_use"]
        assert final.stop_reason == "tool_use"

    async def test_a_tool_where_none_is_offered_is_a_mistake_of_the_tests(
        self, organization: Organization, client: AsyncAnthropic
    ) -> None:
        organization.uses("issue_refund")
        with pytest.raises(anthropic.InternalServerError, match="no tools were offered"):
            await client.messages.create(**ASKED)

    @pytest.mark.parametrize(
        ("fault", "stop", "written"),
        [
            ("truncated", "max_tokens", '{"order":'),
            ("invalid_json", "tool_use", '{"order": "78932", oops'),
            ("wrong_shape", "tool_use", '["not", "what", "was", "asked"]'),
            ("no_tool", "end_turn", ""),
            ("refusal", "refusal", ""),
        ],
    )
    async def test_what_a_tool_gets_may_be_spoilt(
        self, organization: Organization, client: AsyncAnthropic, fault: str, stop: str, written: str
    ) -> None:
        organization.uses("issue_refund", {"order": "78932"})
        organization.faults.next(fault)
        pieces, reason = [], None
        async for event in await client.messages.create(**WORK, stream=True):
            if event.type == "content_block_delta" and event.delta.type == "input_json_delta":
                pieces.append(event.delta.partial_json)
            if event.type == "message_delta":
                reason = event.delta.stop_reason
        assert ("".join(pieces), reason) == (written, stop)


class TestByItself:
    async def test_it_follows_the_recipe_with_the_order_in_the_words(self, client: AsyncAnthropic) -> None:
        use = await used(client, about("It broke, order #78932, I'd like a refund", missing={"order_number": "Order"}))
        assert (use.name, use.input) == ("issue_refund", {"order": "78932"})

    async def test_it_asks_once_for_what_is_missing(self, client: AsyncAnthropic) -> None:
        question = about("It broke", missing={"order_number": "Order"})
        use = await used(client, question)
        assert (use.name, use.input["field"]) == ("ask-customer", "order_number")
        assert (await used(client, after(question, use))).name == "hand-over"

    @pytest.mark.parametrize("text", ["order 7: please exchange it", "order 7: never mind, I keep it"])
    async def test_it_leaves_what_it_is_not_to_do(self, client: AsyncAnthropic, text: str) -> None:
        assert (await used(client, about(text))).name == "hand-over"

    @pytest.mark.parametrize("failed", [True, False])
    async def test_it_does_nothing_twice(self, client: AsyncAnthropic, failed: bool) -> None:
        question = about("order 78932 is broken")
        use = await used(client, question)
        assert (await used(client, after(question, use, failed=failed))).name == "hand-over"

    async def test_without_a_tool_for_it_it_says_so(self, client: AsyncAnthropic) -> None:
        message = await client.messages.create(**(about("hi", tool="unknown") | {"tools": [REFUND]}))
        assert [block.type for block in message.content] == ["text"]


def _turns(*turns: Any) -> dict[str, Any]:
    return WORK | {"messages": [*ASKED["messages"], *turns]}


def _tool(**changed: Any) -> dict[str, Any]:
    return WORK | {"tools": [REFUND | changed]}


USE = {"type": "tool_use", "id": "toolu_1", "name": "issue_refund", "input": {}}
USED = {"role": "assistant", "content": [USE]}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "ok"}
REFUSED = {
    "a name": (_tool(name="issue refund"), "tools.0.custom.name"),
    "two of a name": (WORK | {"tools": [REFUND, REFUND]}, "unique"),
    "no schema": (_tool(input_schema={"properties": {}}), "input_schema.type"),
    "something more": (_tool(writes=True), "tools.0.custom.writes"),
    "a tool of theirs": (_tool(type="web_search_20260209"), "of your own"),
    "a choice without tools": (ASKED | {"tool_choice": AUTO}, "while providing tools"),
    "an unknown choice": (WORK | {"tool_choice": {"type": "some"}}, "auto, any, tool or none"),
    "a tool not offered": (WORK | {"tool_choice": {"type": "tool", "name": "x"}}, "not found"),
    "forced": (WORK | {"model": LARGER, "tool_choice": {"type": "any"}}, "not supported on this model"),
    "not to think": (WORK | {"model": LARGER, "thinking": {"type": "disabled"}}, "between_tools"),
    "no result": (_turns(USED, {"role": "user", "content": "And?"}), "without `tool_result` blocks"),
    "another result": (
        _turns(USED, {"role": "user", "content": [RESULT, RESULT | {"tool_use_id": "toolu_2"}]}),
        "unexpected `tool_use_id`",
    ),
    "a result of nothing": (_turns({"role": "user", "content": [RESULT]}), "unexpected `tool_use_id`"),
    "an input that is no object": (
        _turns({"role": "assistant", "content": [USE | {"input": "{}"}]}, {"role": "user", "content": [RESULT]}),
        "tool_use.input",
    ),
    "use without tools": (
        ASKED | {"messages": [*ASKED["messages"], USED, {"role": "user", "content": [RESULT]}]},
        "must define tools",
    ),
}


@pytest.mark.parametrize(("body", "why"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_the_api_does_not_take_is_refused_by_name(
    client: AsyncAnthropic, body: dict[str, Any], why: str
) -> None:
    with pytest.raises(anthropic.BadRequestError) as refused:
        await client.post("/v1/messages", body=body, cast_to=object)
    assert why in str(refused.value.api_message)


async def test_a_smaller_model_may_be_made_to_use_one(client: AsyncAnthropic) -> None:
    await used(client, about("order 78932 is broken") | {"tool_choice": {"type": "any"}})
