"""The demo's desk follows whichever shipped playbook is chosen on the simulator's page, with tickets in flight."""

from dataclasses import dataclass

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from app.demo.playbooks import choice_of
from app.settings import Settings
from emulators.simulator import Simulator
from emulators.slack import Workspace
from emulators.twilio import Account
from storage.database import Database
from tests.playbooks import example
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
