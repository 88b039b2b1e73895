"""`threadline eval` with either brain, as an admin runs it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.settings import Settings
from core.errors import AccountRefused
from emulators.anthropic import Organization, running

CASES = """
{"text": "My mug arrived broken, I want a refund", "ticket_worthy": true, "category": "damaged"}
{"text": "thanks!", "ticket_worthy": false}
"""
PROPOSALS = """
{"messages": ["My mug arrived broken, order 4711, refund please"], "right": "Refund", "recipes": {"Refund": "refund"}}
{"messages": ["Could you exchange order 4711?"], "right": "person", "recipes": {"Refund": "refund"}}
"""
Evaluate = Callable[..., Result]


@pytest.fixture
async def organization() -> AsyncIterator[Organization]:
    async with running(Organization()) as served:
        yield served


@pytest.fixture
def evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evaluate:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases.jsonl").write_text(CASES)
    return lambda *options, of="triage": CliRunner().invoke(cli, ["eval", of, "cases.jsonl", *options])


async def test_claude_is_measured_and_its_price_is_told(
    organization: Organization, evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", organization.api_key)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", organization.url)
    organization.faults.next("rate_limited", retry_after=0.1)
    done = await asyncio.to_thread(evaluate, "--brain", "claude", "--json")
    report = json.loads(done.stdout)
    assert report["ticket_worthy"]["accuracy"] == 1.0
    assert [call.status for call in organization.calls] == [429, 200, 200]
    assert done.stderr.startswith("3 calls, ")
    assert "$0.00" in done.stderr


def test_without_a_key_it_says_what_to_set(evaluate: Evaluate) -> None:
    done = evaluate("--brain", "claude")
    assert isinstance(done.exception, AccountRefused)
    assert "ANTHROPIC_API_KEY" in done.exception.message


async def test_what_claude_proposes_is_measured_with_the_model_that_works_on_tickets(
    organization: Organization, evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", organization.api_key)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", organization.url)
    organization.faults.next("overloaded")
    (tmp_path / "cases.jsonl").write_text(PROPOSALS)
    done = await asyncio.to_thread(evaluate, "--brain", "claude", "--json", of="resolve")
    report = json.loads(done.stdout)
    assert (report["right"], report["wrongly_acted"]) == (2, 0)
    assert {call.body["model"] for call in organization.calls} == {"claude-sonnet-5-5"}
    assert done.stderr.startswith("3 calls, ")
