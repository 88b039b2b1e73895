"""The demo's desk follows whichever shipped playbook is chosen on the simulator's page, with tickets in flight."""

from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.demo.own import OwnDesk
from app.demo.playbooks import choice_of
from app.settings import Settings
from emulators.simulator import CannotChoose, Simulator
from emulators.slack import Workspace
from emulators.twilio import Account
from storage.database import Database
from tests.playbooks import a_document, example
from tests.storage.desk import DeskAtWork


@dataclass(frozen=True)
class Staged:
    """What of a stage the choice needs."""

    settings: Settings


async def test_each_choice_is_in_force_at_once_and_says_what_it_brings(
    engine: AsyncEngine, store: Database, database: str
) -> None:
    desk, names = DeskAtWork(engine, store), ["hotel", "disputes", "retail"]
    mia = await desk.person()
    await desk.ticket(await desk.customer_writes(), mia)
    stage = Staged(Settings(_env_file=None, database_url=database))
    workspace, account = Workspace(events_url="http://127.0.0.1:1/"), Account(webhook_url="http://127.0.0.1:1/")
    simulator = Simulator(workspace, account, choice=choice_of(stage))
    async with simulator.serve() as served, httpx.AsyncClient(base_url=served.url, verify=False) as page:
        offered = (await page.get("/facts")).json()["about"]["choice"]
        assert offered["options"] == {"retail": "Retail", "hotel": "Hotel", "disputes": "Disputes"}
        for version, name in enumerate(names, 1):
            done = await page.post("/do/choose", json={"option": name}, headers={"Origin": served.url})
            assert f"is in force, as version {version}" in done.json()["said"]
            async with desk.start() as uow:
                assert (await uow.playbook()).name == example(name).name
        again = await page.post("/do/choose", json={"option": names[-1]}, headers={"Origin": served.url})
        assert (again.status_code, "in force already" in again.json()["message"]) == (409, True)
        assert (await page.post("/do/choose", json={"option": "x"}, headers={"Origin": served.url})).status_code == 400


async def test_one_that_is_tried_is_read_anew_each_time_with_its_own_actions(
    engine: AsyncEngine, store: Database, database: str, tmp_path: Path
) -> None:
    file = tmp_path / "ours.yaml"
    settings = Settings(_env_file=None, database_url=database, threadline_actions="tests.ai.cases")
    own = OwnDesk.of(file, settings)
    assert "send_replacement" in own.installed()
    assert "create_return" in OwnDesk.of(file, Settings(_env_file=None)).installed()  # none of its own: the shop's
    choice = choice_of(Staged(settings), own)
    assert next(iter(choice.options.items())) == ("own", "ours.yaml")
    file.write_text(a_document("new open", "done closed"), encoding="utf-8")
    assert "Statuses: New, Done." in await choice.choose("own")
    file.write_text(a_document("new open", "checking active", "done closed"), encoding="utf-8")
    assert "as version 2" in await choice.choose("own")
    file.write_text("language: 1", encoding="utf-8")
    with pytest.raises(CannotChoose, match="playbook"):
        await choice.choose("own")
    async with DeskAtWork(engine, store).start() as uow:
        assert len((await uow.playbook()).lifecycles["only"].statuses) == 3
