"""A new channel is one folder, one line and its settings: nothing else in the house has heard of `toy`."""

import asyncio
from collections.abc import Sequence

import asyncpg
import httpx
import pytest

from app.processes import web, worker
from app.settings import Settings
from connectors.registry import CONNECTORS
from emulators.loopback import free_port, listens
from emulators.waiting import until
from storage.engine import plain_dsn
from tests.app.toy import ToyConfig, ToyConnector
from tests.storage.desk import OneIssue


class SettingsWithToys(Settings):
    @property
    def channels(self) -> Sequence[object]:
        return [*super().channels, ToyConfig("open sesame")]


async def test_a_message_of_a_new_channel_becomes_a_ticket(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONNECTORS, ToyConfig, ToyConnector)  # the one line
    settings = SettingsWithToys(_env_file=None, port=free_port(), burst_seconds=0.05)
    stop = asyncio.Event()
    running = [
        asyncio.create_task(web.run(settings, database, stop)),
        asyncio.create_task(worker.run(settings, database, stop, brain=OneIssue())),
    ]
    admin = await asyncpg.connect(plain_dsn(database))
    try:
        await until(lambda: listens(settings.port), "the web process", patience=30)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", trust_env=False) as http:
            for password, status in (("let me in", 403), ("open sesame", 200), ("open sesame", 200)):
                answer = await http.post(
                    "/hooks/toy", content=b"teddy|1|My button eye fell off.", headers={"x-password": password}
                )
                assert answer.status_code == status

        async def ticket() -> asyncpg.Record | None:
            return await admin.fetchrow(
                "SELECT conversation.channel, address, account"
                " FROM ticket JOIN conversation ON conversation.id = conversation_id"
            )

        row = await until(ticket, "the ticket", patience=30)
        assert tuple(row) == ("toy", "teddy", "the shop")
        assert await admin.fetchval("SELECT count(*) FROM message") == 1
    finally:
        await admin.close()
        stop.set()
        await asyncio.wait_for(asyncio.gather(*running), 20)
