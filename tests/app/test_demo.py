"""The demo as a newcomer runs it: a process of its own, everything real but the providers."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest

from app.settings import HOME
from storage.embedded import EmbeddedEngine

PATIENCE = 120.0  # seconds; a demo takes a tenth of it on an idle machine that has run one before

STORY = (
    "Starting",
    "Clara says hello",
    "No ticket, passed to people: Only a greeting",
    "Create ticket",
    "Clara wants a refund below 100: it is made, and nobody touches it",
    "Your refund of 89.00 USD is on its way.",
    "From Send to a closed ticket",
    "the brain (offline) proposes: Refund",
    "rules hold: allowed",
    "Refund 89.00 USD",
    "#1 Damaged item: order 78932 · Closed",
    "Mia agrees",
    "Amount: 150.00 USD",
    "Please answer Yes or No.",
    "#2 Damaged item: order 78940 · Customer accepted",
    "Sara agrees",
    "Approval needed: Refund over 200",
    "Amount: 250.00 USD",
    "#3 Damaged item: order 78951 · Customer accepted",
    "Nora was charged twice",
    "Assignee: nobody yet",
    "press Claim at once",
    "has already claimed this conversation",
    "only the team sees it",
    "1 comment",
    "the answer is on Nora's phone",
    "We are looking into it",
    "✓✓ delivered",
    "✓✓ read",
    "Nora says thanks",
    "Tom asks two things",
    "#5 Damaged item: order 5512",
    "#6 Where is order 5519?",
    "Lena sends a photo",
    "picture: photo.jpg",
    "Mia rejects one",
    "Thank you, Tom.",
    "What policy refuses",
    "somebody else's",
    "We cannot find this order",
    "41 days old",
    "refunded already",
    "nobody's",
    "The shop is down",
    "being repaired",
    "The same with Claude",
    "the brain (claude) proposes: Refund",
    "· Closed",
    "Clara's greeting had a light card",
    "→ #",
    "What happened",
    "Starting everything",
    "The books balance",
    "Refunds in the shop's books, each order once     4",
    "nothing of it is left running",
    "What you can do next",
)


class Demo:
    """A running demo. Everything it starts carries its mark in the environment."""

    def __init__(self, process: asyncio.subprocess.Process, mark: str) -> None:
        self.process = process
        self._mark = mark
        self.told = ""

    async def hear(self, words: str) -> None:
        """Read on until it says this."""
        assert self.process.stdout is not None
        while words not in self.told:
            line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)
            assert line, f"it ended before it said {words!r}:\n{self.told}"
            self.told += line.decode()

    async def end(self) -> int:
        assert self.process.stdout is not None
        self.told += (await asyncio.wait_for(self.process.stdout.read(), PATIENCE)).decode()
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    def processes(self) -> list[psutil.Process]:
        """What it started and still runs, itself included."""
        return [process for process in psutil.process_iter() if _environment(process).get("DEMO_TEST") == self._mark]


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return dict(process.environ())
    except psutil.Error:
        return {}


def _guardians() -> set[int]:
    """The guardians of this checkout's PostgreSQL; they start with an environment of their own."""
    state = str(EmbeddedEngine(HOME).home / "state")
    return {process.pid for process in psutil.process_iter(["cmdline"]) if state in (process.info["cmdline"] or ())}


@asynccontextmanager
async def demo(*options: str) -> AsyncIterator[Demo]:
    mark = uuid4().hex
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app",
        "demo",
        *options,
        cwd=HOME,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "DEMO_TEST": mark, "DATABASE_URL": ""},
    )
    running = Demo(process, mark)
    try:
        yield running
    finally:
        for left in running.processes():
            left.kill()


@pytest.fixture
def guardians_before() -> set[int]:
    """Somebody may be running Threadline in this checkout while it is tested."""
    return _guardians()


async def test_the_demo_tells_its_story_to_the_end_and_leaves_nothing_running(guardians_before: set[int]) -> None:
    async with demo("--once") as running:
        code = await running.end()
        assert code == 0, running.told
        at = 0
        for words in STORY:
            at = running.told.find(words, at)
            assert at >= 0, f"{words!r} is missing, or comes too early, in:\n{running.told}"
        assert running.processes() == []
        assert _guardians() <= guardians_before


@pytest.mark.long
async def test_ctrl_c_in_the_middle_of_the_story_leaves_nothing_running(guardians_before: set[int]) -> None:
    async with demo("--once") as running:
        await running.hear("Clara wants a refund")
        assert len(running.processes()) == 5  # itself, web, worker, clock, the shop
        running.process.send_signal(signal.SIGINT)
        assert await running.end() == 130, running.told
        assert "Stopped. Nothing of it is left running." in running.told
        assert running.processes() == []
        assert _guardians() <= guardians_before


@pytest.mark.long
async def test_without_once_its_page_stays_open_until_ctrl_c(guardians_before: set[int]) -> None:
    async with demo() as running, httpx.AsyncClient(verify=False, trust_env=False) as browser:
        await running.hear("Ctrl-C")
        address = re.findall(r"http://127\.0\.0\.1:\d+", running.told)[-1]
        facts = (await browser.get(f"{address}/facts")).json()["facts"]
        assert {"Clara", "Tom"} <= {fact["name"] for key, fact in facts.items() if key.startswith("customer/")}
        running.process.send_signal(signal.SIGINT)
        assert await running.end() == 130, running.told
        assert running.processes() == []
        assert _guardians() <= guardians_before


@pytest.mark.long
async def test_a_playbook_of_ones_own_is_there_to_be_tried_without_the_story(tmp_path: Path) -> None:
    own = tmp_path / "ours.yaml"
    own.write_text((HOME / "examples/playbooks/retail.yaml").read_text("utf-8").replace("Retail", "Ours"), "utf-8")
    async with demo("--playbook", str(own)) as running, httpx.AsyncClient(verify=False, trust_env=False) as browser:
        await running.hear("Ctrl-C")
        address = re.findall(r"http://127\.0\.0\.1:\d+", running.told)[-1]
        page = (await browser.get(f"{address}/facts")).json()
        assert page["about"]["choice"]["options"]["own"] == "ours.yaml"
        assert "Clara" in {fact["name"] for key, fact in page["facts"].items() if key.startswith("customer/")}
        assert "wants a refund" not in running.told
        running.process.send_signal(signal.SIGINT)
        assert await running.end() == 130, running.told
        assert running.processes() == []
