"""Every way of going wrong, as the real SDK meets it; by script, at random, and from another process."""

import asyncio
import signal
import sys
from collections import Counter

import anthropic
import httpx
import pytest
from anthropic import AsyncAnthropic

from emulators.anthropic import FAULTS, Organization
from emulators.anthropic.faults import STALL, STREAM_STALL, Faults
from tests.emulators.anthropic.conftest import ASKED, FITTING, structured

STATUSES = {"rate_limited": 429, "overloaded": 529, "server_error": 500, "bad_gateway": 502, "too_large": 413}


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
async def test_a_refusal_comes_with_its_status(
    organization: Organization, client: AsyncAnthropic, kind: str, status: int
) -> None:
    organization.faults.next(kind, retry_after=7)
    with pytest.raises(anthropic.APIStatusError) as failed:
        await client.messages.create(**ASKED)
    assert failed.value.status_code == status
    assert failed.value.response.headers.get("retry-after") == (None if kind == "bad_gateway" else "7")
    assert organization.faults.happened == Counter({kind: 1})
    assert (await client.messages.create(**ASKED)).stop_reason == "end_turn"


@pytest.mark.parametrize("kind", ["reset", "stall"])
async def test_no_answer_is_a_broken_connection_or_a_timeout(
    organization: Organization, client: AsyncAnthropic, kind: str
) -> None:
    organization.faults.next(kind)
    with pytest.raises(anthropic.APIConnectionError):
        await client.with_options(timeout=1.5 if kind == "stall" else 20).messages.create(**ASKED)
    assert organization.calls[-1].status is None


async def _text(client: AsyncAnthropic) -> tuple[str, str | None]:
    async with client.messages.stream(**structured()) as stream:
        final = await stream.get_final_message()
    return "".join(block.text for block in final.content if block.type == "text"), final.stop_reason


@pytest.mark.parametrize(
    ("kind", "stop"),
    [("refusal", "refusal"), ("truncated", "max_tokens"), ("invalid_json", "end_turn"), ("wrong_shape", "end_turn")],
)
async def test_a_useless_answer_says_why_it_stopped(
    organization: Organization, client: AsyncAnthropic, kind: str, stop: str
) -> None:
    organization.says(FITTING, times=2)
    right = await _text(client)
    organization.faults.next(kind)
    text, reason = await _text(client)
    assert reason == stop
    assert text != right[0]


async def test_an_error_may_come_in_the_middle_of_a_stream(organization: Organization, client: AsyncAnthropic) -> None:
    organization.faults.next("stream_error")
    with pytest.raises(anthropic.APIStatusError) as failed:
        await _text(client)
    assert (failed.value.status_code, failed.value.type) == (200, "overloaded_error")


async def test_a_stream_may_end_without_its_end(organization: Organization, client: AsyncAnthropic) -> None:
    organization.says(FITTING)
    organization.faults.next("stream_cut")
    text, reason = await _text(client)
    assert reason is None
    assert 0 < len(text) < 60


async def test_a_stream_may_stop_and_stay_open(organization: Organization, client: AsyncAnthropic) -> None:
    organization.faults.next("stream_stall")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await _text(client)


async def test_chance_makes_of_the_same_seed_the_same_trouble() -> None:
    def drawn(seed: int) -> list[str | None]:
        faults = Faults()
        faults.at_random(seed, 0.5)
        return [fault.kind if (fault := faults.take()) else None for _ in range(200)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert set(drawn(1)) == {None, *FAULTS}
    assert 60 < drawn(1).count(None) < 140


async def test_chance_may_be_limited_to_some_kinds_and_ended(
    organization: Organization, client: AsyncAnthropic
) -> None:
    organization.faults.at_random(1, 1.0, only=("overloaded",))
    with pytest.raises(anthropic.APIStatusError):
        await client.messages.create(**ASKED)
    organization.faults.calm()
    await client.messages.create(**ASKED)
    assert organization.faults.happened == Counter({"overloaded": 1})
    with pytest.raises(ValueError, match="no fault is called 'bad mood'"):
        organization.faults.next("bad mood")


@pytest.mark.parametrize("kind", [STREAM_STALL, STALL])
async def test_a_stall_ends_when_its_time_is_over(
    organization: Organization, client: AsyncAnthropic, kind: str
) -> None:
    organization.faults.next(kind, seconds=0.1)
    with pytest.raises(anthropic.APIConnectionError):
        await client.messages.create(**ASKED)


async def test_as_a_process_it_is_driven_over_http_and_ends_when_told() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emulators.anthropic", "--api-key", "sk-1"), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().split()[3].rstrip(",")
    async with (
        httpx.AsyncClient(base_url=url, verify=False) as http,
        AsyncAnthropic(api_key="sk-1", base_url=url) as client,
    ):
        assert (await http.post("/_emulator/says", json={"value": "Hello."})).json() == {"ok": True}
        message = await client.messages.create(**ASKED)
        await http.post("/_emulator/faults", json={"kind": "too_large"})
        with pytest.raises(anthropic.APIStatusError):
            await client.messages.create(**ASKED)
        assert (await http.get("/_emulator")).json() == {"calls": 2, "happened": {"too_large": 1}}
        assert len((await http.get("/_emulator/calls")).json()["calls"]) == 2
        assert (await http.post("/_emulator/faults", json={"kind": "?"})).status_code == 400
    assert message.content[0].type == "text"
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
