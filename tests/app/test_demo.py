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

from app.demo.waiting import until
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
async def demo(*options: str, folder: Path = HOME) -> AsyncIterator[Demo]:
    mark = uuid4().hex
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app",
        "demo",
        *options,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(HOME), "DEMO_TEST": mark, "DATABASE_URL": ""},
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
async def test_the_guide_to_actions_ends_where_it_says(tmp_path: Path) -> None:
    guide = (HOME / "docs" / "actions.md").read_text("utf-8")
    for name, words in (
        ("our_actions.py", "import json"),
        (".env", "THREADLINE_ACTIONS=our"),
        ("ours.yaml", "language: 1"),
    ):
        (block,) = re.findall(rf"```\w+\n({words}.*?)```", guide, re.DOTALL)
        (tmp_path / name).write_text(block, "utf-8")
    (tmp_path / "machines.json").write_text(re.findall(r'`(\{"GR-4411".*?\}\})`', guide)[0], "utf-8")
    words = " ".join(re.findall(r"\*(I would like.*?)\*", guide, re.DOTALL)[0].split())
    async with (
        demo("--playbook", "ours.yaml", folder=tmp_path) as running,
        httpx.AsyncClient(trust_env=False) as browser,
    ):
        await running.hear("Ctrl-C")
        address = re.findall(r"http://127\.0\.0\.1:\d+", running.told)[-1]

        body = {"number": "+14155550123", "text": words}
        assert (await browser.post(f"{address}/do/write", json=body, headers={"Origin": address})).status_code == 200

        async def told() -> bool:
            return "Done: your warranty lasts until 15 Jan 2028." in (await browser.get(f"{address}/facts")).text

        await until(told, "Clara to be told", patience=PATIENCE)
        assert "2028-01-15" in (tmp_path / "machines.json").read_text("utf-8")
        running.process.send_signal(signal.SIGINT)
        assert await running.end() == 130, running.told
        assert "wants a refund" not in running.told
        assert running.processes() == []
