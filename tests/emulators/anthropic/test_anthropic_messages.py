"""The Messages API as the real SDK sees it: whole, streamed, structured, counted; and what it refuses."""

import json
from typing import Any

import anthropic
import httpx
import pytest
from anthropic import AsyncAnthropic

from emulators.anthropic import Organization
from tests.emulators.anthropic.conftest import ASKED, FITTING, MODEL, SCHEMA, structured


class TestAnswers:
    async def test_a_scripted_text_comes_whole(self, organization: Organization, client: AsyncAnthropic) -> None:
        organization.says("It is.")
        message = await client.messages.create(**ASKED)
        (block,) = message.content
        assert (block.type, message.stop_reason, message.model) == ("text", "end_turn", MODEL)
        assert block.type == "text"
        assert block.text == "It is."
        assert message.usage.output_tokens > 0
        (call,) = organization.calls_of("messages.create")
        assert (call.body["max_tokens"], call.status, call.request_id) == (500, 200, message._request_id)

    async def test_the_same_comes_in_pieces_behind_what_was_thought(
        self, organization: Organization, client: AsyncAnthropic
    ) -> None:
        words = "It is, and the handle is now in two pieces. 🙏 " * 5
        organization.says(words, thinking="The customer asks whether it is broken.")
        async with client.messages.stream(**ASKED) as stream:
            pieces = [piece async for piece in stream.text_stream]
            final = await stream.get_final_message()
        assert len(pieces) > 3
        assert "".join(pieces) == words
        assert [block.type for block in final.content] == ["thinking", "text"]
        assert final.usage.output_tokens > 10

    async def test_structured_output_fits_its_schema(self, organization: Organization, client: AsyncAnthropic) -> None:
        organization.says(FITTING)
        message = await client.messages.create(**structured())
        assert message.content[0].type == "text"
        assert json.loads(message.content[0].text) == FITTING

    async def test_without_a_script_the_smallest_fitting_answer_is_given(self, client: AsyncAnthropic) -> None:
        message = await client.messages.create(**structured())
        assert message.content[0].type == "text"
        assert json.loads(message.content[0].text) == {"broken": False, "parts": [], "grade": "low", "owner": None}

    async def test_a_script_that_does_not_fit_is_a_mistake_of_the_tests(
        self, organization: Organization, client: AsyncAnthropic
    ) -> None:
        organization.says(FITTING | {"owner": "Ada"})
        with pytest.raises(anthropic.InternalServerError, match=r"answer\.owner"):
            await client.messages.create(**structured())

    async def test_an_answer_longer_than_allowed_is_cut_and_says_so(
        self, organization: Organization, client: AsyncAnthropic
    ) -> None:
        organization.says("word " * 100)
        message = await client.messages.create(**(ASKED | {"max_tokens": 10}))
        assert message.stop_reason == "max_tokens"
        assert message.usage.output_tokens == 10

    async def test_what_is_marked_for_caching_is_written_once_and_then_read(self, client: AsyncAnthropic) -> None:
        system: Any = [{"type": "text", "text": "Be exact. " * 300, "cache_control": {"type": "ephemeral"}}]
        first = (await client.messages.create(**ASKED, system=system)).usage
        second = (await client.messages.create(**ASKED, system=system)).usage
        assert (first.cache_creation_input_tokens, first.cache_read_input_tokens) == (750, 0)
        assert (second.cache_creation_input_tokens, second.cache_read_input_tokens) == (0, 750)

    async def test_tokens_are_counted_and_models_listed(self, client: AsyncAnthropic) -> None:
        counted = await client.messages.count_tokens(model=MODEL, messages=ASKED["messages"])
        assert counted.input_tokens > 5
        assert MODEL in [model.id async for model in client.models.list()]
        assert (await client.models.retrieve(MODEL)).lifecycle == "active"


def _with(**changed: Any) -> dict[str, Any]:
    return ASKED | changed


def _schema(**changed: Any) -> dict[str, Any]:
    return structured(SCHEMA | changed)


def _property(value: dict[str, Any]) -> dict[str, Any]:
    return _schema(properties=SCHEMA["properties"] | {"broken": value})


REFUSED = {
    "temperature": (_with(temperature=0.5), "temperature: Extra inputs are not permitted"),
    "unknown parameter": (_with(mood="kind"), "mood"),
    "no max_tokens": ({name: ASKED[name] for name in ("model", "messages")}, "max_tokens: Field required"),
    "no tokens": (_with(max_tokens=0), "max_tokens"),
    "no messages": (_with(messages=[]), "at least one message"),
    "empty text": (_with(messages=[{"role": "user", "content": " "}]), "non-empty"),
    "prefill": (_with(messages=[*ASKED["messages"], {"role": "assistant", "content": "{"}]), "prefill"),
    "fixed thinking": (_with(thinking={"type": "enabled", "budget_tokens": 1024}), "adaptive"),
    "schema as format": (_with(output_config={"format": SCHEMA}), "json_schema"),
    "open object": (_schema(additionalProperties=True), "additionalProperties"),
    "least": (_property({"type": "integer", "minimum": 1}), "'minimum' is not supported"),
    "length": (_property({"type": "string", "maxLength": 9}), "'maxLength' is not supported"),
    "items": (_property({"type": "array", "items": {"type": "string"}, "maxItems": 3}), "'maxItems'"),
    "one of": (_property({"oneOf": [{"type": "string"}]}), "'oneOf'"),
    "types": (_property({"type": ["string", "null"]}), "not supported"),
    "recursion": (_schema(**{"$defs": {"Part": {"$ref": "#/$defs/Part"}}}), "recursive"),
    "another file": (_property({"$ref": "https://example.com/schema"}), "external"),
}


class TestRefusals:
    @pytest.mark.parametrize(("body", "why"), REFUSED.values(), ids=REFUSED.keys())
    async def test_what_the_api_does_not_take_is_refused_by_name(
        self, organization: Organization, client: AsyncAnthropic, body: dict[str, Any], why: str
    ) -> None:
        with pytest.raises(anthropic.BadRequestError) as refused:
            await client.post("/v1/messages", body=body, cast_to=object)
        assert why in str(refused.value.api_message)
        assert refused.value.type == "invalid_request_error"
        assert refused.value.request_id == organization.calls[-1].request_id

    async def test_an_unknown_model_is_not_found(self, client: AsyncAnthropic) -> None:
        with pytest.raises(anthropic.NotFoundError, match="claude-2"):
            await client.messages.create(**_with(model="claude-2"))

    async def test_a_wrong_key_is_refused(self, organization: Organization, client: AsyncAnthropic) -> None:
        with pytest.raises(anthropic.AuthenticationError) as refused:
            await client.with_options(api_key="sk-ant-wrong").messages.create(**ASKED)
        assert refused.value.type == "authentication_error"

    @pytest.mark.parametrize(
        ("headers", "raw", "why"),
        [
            ({}, b"{}", "anthropic-version: header is required"),
            ({"anthropic-version": "1999-01-01"}, b"{}", "not a valid version"),
            ({"anthropic-version": "2023-06-01"}, b"{", "not valid JSON"),
            ({"anthropic-version": "2023-06-01"}, rb'{"model": "\ud800"}', "not valid JSON"),
        ],
    )
    async def test_a_request_that_no_sdk_would_send_is_refused(
        self, organization: Organization, headers: dict[str, str], raw: bytes, why: str
    ) -> None:
        async with httpx.AsyncClient(base_url=organization.url, verify=False) as http:
            known = {"x-api-key": organization.api_key}
            answer = await http.post("/v1/messages", content=raw, headers=known | headers)
        assert answer.status_code == 400
        assert why in answer.json()["error"]["message"]
        assert answer.headers["request-id"] == answer.json()["request_id"]
