"""`threadline ai …`, and what the doctor says of the AI."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from app.cli import cli

CALL = """
    INSERT INTO model_call (id, purpose, brain, model, input_tokens, output_tokens, cache_write_tokens,
                            cache_read_tokens, cost, took_ms, outcome, at)
    VALUES (gen_random_uuid(), 'triage', 'claude', 'claude-haiku-5-5', 400, 150, 0, 1600, 131, 800, :outcome,
            now() - make_interval(secs => :ago))
"""
Threadline = Callable[..., Awaitable[str]]


@pytest.fixture
def threadline(database: str, monkeypatch: pytest.MonkeyPatch) -> Threadline:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("COLUMNS", "200")

    async def run(*words: str) -> str:
        """In a thread: the command has an event loop of its own."""
        return (await asyncio.to_thread(CliRunner().invoke, cli, list(words))).stdout

    return run


async def called(engine: AsyncEngine, *outcomes: str) -> None:
    """The newest call comes last."""
    async with engine.begin() as connection:
        for ago, outcome in enumerate(reversed(outcomes), start=1):
            await connection.execute(text(CALL), {"outcome": outcome, "ago": ago})


async def test_the_switch_says_how_it_stands(threadline: Threadline) -> None:
    assert "The AI is on since " in await threadline("ai", "status")
    assert await threadline("ai", "off") == "The AI is off. People get what customers write.\n"
    assert await threadline("ai", "off") == "The AI was off already.\n"
    assert "The AI is off since " in await threadline("ai", "status")
    assert "The AI is switched off" in await threadline("doctor")
    assert await threadline("ai", "on") == "The AI is on.\n"
    assert "The AI is switched off" not in await threadline("doctor")


async def test_spending_is_told_by_model_and_for_machines(threadline: Threadline, engine: AsyncEngine) -> None:
    assert "No model was asked in the last 7 days." in await threadline("ai", "spend", "--days", "7")
    await called(engine, "ok", "truncated")
    said = await threadline("ai", "spend")
    for words in ("claude-haiku-5-5", "4,000", "3,200", "300", "$0.0003 in the last 30 days."):
        assert words in said
    data = json.loads(await threadline("ai", "spend", "--json"))
    assert (data["cost"], data["tickets"], data["models"][0]["calls"], data["models"][0]["failed"]) == (262, 0, 2, 1)


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (("ok", "overloaded", "timeout", "overloaded"), "The last 3 calls of the AI failed (overloaded, timeout)."),
        (("ok", "ok", "account_refused"), "Anthropic refuses our account."),
        (("timeout", "timeout", "timeout", "ok"), ""),
        (("timeout", "timeout"), ""),
    ],
)
async def test_the_doctor_sees_a_brain_that_fails(
    threadline: Threadline, engine: AsyncEngine, outcomes: tuple[str, ...], said: str
) -> None:
    await called(engine, *outcomes)
    findings = json.loads(await threadline("doctor", "--json"))["findings"]
    about_ai = [each["what"] for each in findings if "AI" in each["what"] or "Anthropic" in each["what"]]
    assert about_ai == ([said] if said else [])


async def test_the_doctor_misses_a_key(threadline: Threadline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREADLINE_BRAIN", "claude")
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    findings = json.loads(await threadline("doctor", "--json"))["findings"]
    assert "ANTHROPIC_API_KEY" in next(each["todo"] for each in findings if "Claude" in each["what"])
