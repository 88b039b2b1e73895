"""`threadline surveys`, as an admin types it."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import Database
from tests.app.shell import Shell
from tests.storage.desk import DeskAtWork
from tests.storage.test_surveys import asked

Threadline = Callable[..., Awaitable[str]]


@pytest.fixture
def typed(threadline: Shell) -> Threadline:
    """In a thread of its own, because a command has an event loop of its own."""

    async def run(*words: str) -> str:
        return await asyncio.to_thread(threadline, *words)

    return run


async def test_surveys_are_listed_and_summed_up_for_people_and_machines(
    typed: Threadline, engine: AsyncEngine, store: Database
) -> None:
    assert "No surveys yet. Set SURVEY_AFTER_MINUTES" in await typed("surveys", "list")
    assert "Nobody was asked yet. Set SURVEY_AFTER_MINUTES" in await typed("surveys", "summary")
    desk = DeskAtWork(engine, store)
    mia = await desk.person("Mia")
    for number, score in enumerate(("5, you were quick", "2")):
        await asked(desk, buttons=0, sender=f"+4917{number}", by=mia)
        await desk.customer_writes(score, sender=f"+4917{number}")

    newest, oldest = json.loads(await typed("surveys", "list", "--json"))
    assert (newest["score"], oldest["score"]) == (2, 5)
    assert (oldest["state"], oldest["agent"], oldest["comment"]) == ("answered", "Mia", "you were quick")
    rows = [line for line in (await typed("surveys", "list")).splitlines() if "Mia" in line]
    assert ["5/5" in row and "you were quick" in row for row in rows] == [False, True]

    assert json.loads(await typed("surveys", "summary", "--json")) == [
        {"team": None, "agent": "Mia", "asked": 2, "answered": 2, "mean": 3.5, "scores": [0, 1, 0, 0, 1]}
    ]
    (row,) = [line for line in (await typed("surveys", "summary")).splitlines() if "Mia" in line]
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == ["none", "Mia", "2", "2", "3.50", "0", "1", "0", "0", "1"]
