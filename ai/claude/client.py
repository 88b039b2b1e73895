"""The only call to Anthropic, through the real SDK: once, streamed, within a hard time; failures named by what to do.

The SDK's own retry is off: it sleeps as long as the provider likes, while a job can be put back into the queue.
Streamed, because a stream that breaks is told from one that ends, and an answer that stalls is not waited for.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2
from anthropic import (
    AnthropicError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncAnthropic,
    AsyncStream,
    DefaultAsyncHttpxClient,
)
from anthropic.types import MessageDeltaUsage, RawMessageStreamEvent
from anthropic.types import Usage as BilledUsage

from ai.claude.config import Chosen, ClaudeConfig
from core.errors import AccountRefused, ChannelUnavailable, DeskError, MessageRefused
from core.proxies import reached_directly
from ticketing.triage.check import SuggestionUnreadable
from ticketing.triage.model_call import Outcome, Usage

_LONGEST_WAIT = 3600.0  # seconds; a provider that asks for more is asked again after this

# Of a status that is an error, and of an error that comes in the middle of a stream with status 200.
_BY_STATUS = {
    401: Outcome.ACCOUNT_REFUSED,
    402: Outcome.ACCOUNT_REFUSED,
    403: Outcome.ACCOUNT_REFUSED,
    404: Outcome.ACCOUNT_REFUSED,
    408: Outcome.SERVER_ERROR,
    409: Outcome.SERVER_ERROR,
    429: Outcome.RATE_LIMITED,
    529: Outcome.OVERLOADED,
}
_BY_TYPE = {
    "authentication_error": Outcome.ACCOUNT_REFUSED,
    "billing_error": Outcome.ACCOUNT_REFUSED,
    "permission_error": Outcome.ACCOUNT_REFUSED,
    "not_found_error": Outcome.ACCOUNT_REFUSED,
    "invalid_request_error": Outcome.REQUEST_REFUSED,
    "request_too_large": Outcome.REQUEST_REFUSED,
    "rate_limit_error": Outcome.RATE_LIMITED,
    "overloaded_error": Outcome.OVERLOADED,
}
_WORDS = {
    Outcome.RATE_LIMITED: "Anthropic asks us to slow down.",
    Outcome.OVERLOADED: "Anthropic's models are overloaded.",
    Outcome.SERVER_ERROR: "Anthropic has trouble of its own.",
    Outcome.UNREACHABLE: "Anthropic cannot be reached.",
    Outcome.TIMEOUT: "Anthropic did not answer in time.",
    Outcome.UNFINISHED: "Anthropic's answer broke off.",
    Outcome.REFUSAL: "the model declined to answer",
    Outcome.TRUNCATED: "the model's answer was longer than it may be",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. Either `schema` (the answer is JSON of this shape) or `tools` (the answer calls one of them).

    `system` is the same each time and is cached. `purpose` is for the books.
    """

    purpose: str
    system: str
    turns: Sequence[Any]
    chosen: Chosen
    schema: dict[str, Any] | None = None
    tools: Sequence[dict[str, Any]] = ()

    def words(self) -> dict[str, Any]:
        """Of the request, what is not the same for all."""
        said: dict[str, Any] = {
            "model": self.chosen.model,
            "system": [{"type": "text", "text": self.system, "cache_control": {"type": "ephemeral"}}],
            "messages": self.turns,
        }
        if self.schema is not None:
            said["output_config"] = {"effort": "low", "format": {"type": "json_schema", "schema": self.schema}}
        if self.tools:
            # Not forced to call one: Sonnet 5.5 and Opus 5.5 refuse that, as they do any wish about thinking.
            said["tools"] = self.tools
            said["tool_choice"] = {"type": "auto", "disable_parallel_tool_use": True}
            said["output_config"] = {"effort": "medium"}
        return said


@dataclass(slots=True)
class Called:
    """A tool that the model calls. `json` is what it wrote: believed by nobody yet."""

    name: str
    json: str = ""


@dataclass(slots=True)
class Reply:
    """What has come so far. Once the call is over, `outcome` says whether that is the whole answer."""

    text: str = ""
    tools: list[Called] = field(default_factory=list)
    outcome: Outcome = Outcome.CANCELLED
    usage: Usage = field(default_factory=Usage)
    request_id: str | None = None
    error: DeskError | None = None  # what to raise, unless the outcome is OK

    def fail(self, outcome: Outcome, error: DeskError) -> None:
        self.outcome, self.error = outcome, error


class Models:
    """Anthropic's models. Connects with the first call, in the running loop; `close` ends the connections."""

    def __init__(self, config: ClaudeConfig) -> None:
        self._config = config
        self._sdk: AsyncAnthropic | None = None

    async def ask(self, reply: Reply, asked: Asked) -> None:
        """Fill the reply. Raises only what cancels it."""
        try:
            async with asyncio.timeout(self._config.timeout):
                stop = await self._listen(reply, await self._open(asked))
        except (TimeoutError, APITimeoutError):
            reply.fail(Outcome.TIMEOUT, ChannelUnavailable(_WORDS[Outcome.TIMEOUT]))
        except APIStatusError as error:
            reply.request_id = error.request_id or reply.request_id
            reply.fail(*_refused(error))
        except APIConnectionError:
            reply.fail(Outcome.UNREACHABLE, ChannelUnavailable(_WORDS[Outcome.UNREACHABLE]))
        except (httpx2.HTTPError, AnthropicError, ValueError):  # in the middle: not wrapped, or no JSON
            reply.fail(Outcome.UNFINISHED, ChannelUnavailable(_WORDS[Outcome.UNFINISHED]))
        else:
            _conclude(reply, stop)

    async def close(self) -> None:
        """Safe to repeat."""
        if self._sdk is not None:
            await self._sdk.close()
            self._sdk = None

    async def _open(self, asked: Asked) -> AsyncStream[RawMessageStreamEvent]:
        max_tokens = self._config.max_tokens
        stream: AsyncStream[RawMessageStreamEvent] = await self._client().messages.create(
            max_tokens=max_tokens, stream=True, **asked.words()
        )
        return stream

    def _client(self) -> AsyncAnthropic:
        if self._sdk is None:
            config = self._config
            self._sdk = AsyncAnthropic(
                api_key=config.api_key,
                base_url=config.base_url,
                timeout=config.timeout,
                max_retries=0,
                http_client=_transport(config.base_url),
            )
        return self._sdk

    async def _listen(self, reply: Reply, stream: AsyncStream[RawMessageStreamEvent]) -> str | None:
        """The reason why the model stopped; None if the stream ended before the answer did."""
        reply.request_id = stream.response.headers.get("request-id")
        stop: str | None = None
        async with stream:
            async for event in stream:
                match event.type:
                    case "message_start":
                        reply.usage = _billed(event.message.usage, Usage())
                    case "content_block_start" if event.content_block.type == "tool_use":
                        reply.tools.append(Called(event.content_block.name))
                    case "content_block_delta" if event.delta.type == "text_delta":
                        reply.text += event.delta.text
                    case "content_block_delta" if event.delta.type == "input_json_delta" and reply.tools:
                        reply.tools[-1].json += event.delta.partial_json
                    case "message_delta":  # comes after the last piece of text
                        stop = event.delta.stop_reason
                        reply.usage = _billed(event.usage, reply.usage)
        return stop


def _transport(base_url: str) -> DefaultAsyncHttpxClient:
    if reached_directly(base_url):  # the SDK takes HTTP(S)_PROXY for every address, unless it is given a transport
        return DefaultAsyncHttpxClient(transport=httpx2.AsyncHTTPTransport(verify=_certificates()))
    return DefaultAsyncHttpxClient(verify=_certificates())


@cache
def _certificates() -> ssl.SSLContext:
    """Loading them takes a tenth of a second: once for a process, however many models it talks to."""
    return httpx2.create_ssl_context()


def _billed(counted: BilledUsage | MessageDeltaUsage | None, before: Usage) -> Usage:
    """Counts are totals; what a later event leaves out still holds."""
    if counted is None:
        return before
    return Usage(
        input=_or(counted.input_tokens, before.input),
        output=_or(counted.output_tokens, before.output),
        cache_write=_or(counted.cache_creation_input_tokens, before.cache_write),
        cache_read=_or(counted.cache_read_input_tokens, before.cache_read),
    )


def _or(counted: int | None, otherwise: int) -> int:
    return otherwise if counted is None else counted


def _conclude(reply: Reply, stop: str | None) -> None:
    """The stream has ended by itself: is the answer whole?"""
    if stop in {"end_turn", "stop_sequence", "tool_use"}:
        reply.outcome = Outcome.OK
    elif stop == "refusal":
        reply.fail(Outcome.REFUSAL, SuggestionUnreadable(_WORDS[Outcome.REFUSAL]))
    elif stop is None:
        reply.fail(Outcome.UNFINISHED, ChannelUnavailable(_WORDS[Outcome.UNFINISHED]))
    else:  # max_tokens, model_context_window_exceeded, and whatever else is no end of an answer
        reply.fail(Outcome.TRUNCATED, SuggestionUnreadable(_WORDS[Outcome.TRUNCATED]))


def _refused(error: APIStatusError) -> tuple[Outcome, DeskError]:
    outcome = _BY_STATUS.get(error.status_code) or _BY_TYPE.get(error.type or "")
    if outcome is None:
        outcome = Outcome.REQUEST_REFUSED if 400 <= error.status_code < 500 else Outcome.SERVER_ERROR
    if outcome is Outcome.ACCOUNT_REFUSED:
        return outcome, AccountRefused("Anthropic refuses our account: check ANTHROPIC_API_KEY and the models' names.")
    if outcome is Outcome.REQUEST_REFUSED:
        return outcome, MessageRefused("Anthropic does not accept what we asked.", vendor_code=error.type)
    return outcome, ChannelUnavailable(_WORDS[outcome], retry_after=_retry_after(error.response.headers))


def _retry_after(headers: httpx2.Headers) -> float | None:
    try:
        seconds = float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT)
