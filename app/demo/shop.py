"""The shop of examples/shop on this machine: what the AI looks up and does, it does there. A process of its own."""

import asyncio
import contextlib
import os
import re
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app.demo.waiting import DemoFailed
from app.settings import HOME
from app.travel import Travel

ACTIONS = "examples.actions.shop"
_OPENS_WITHIN = 60.0  # seconds; a slow machine that starts cold needs some
_CLOSES_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class Shop:
    """Ruled over its own control API, as a test of yours would."""

    url: str
    key: str

    @property
    def environment(self) -> Mapping[str, str]:
        """What the shop's actions need to know."""
        return {"THREADLINE_ACTION_SHOP_URL": self.url, "THREADLINE_ACTION_SHOP_TOKEN": self.key}

    async def down(self, *, times: int) -> None:
        """The next calls are answered with 503."""
        await self._ask("POST", "/_faults", {"kind": "down", "operation": "*", "times": times})

    async def up(self) -> None:
        await self._ask("DELETE", "/_faults")

    async def refunded(self) -> list[str]:
        """The charge of each refund that it has made since it opened, oldest first."""
        ledger: dict[str, Any] = (await self._ask("GET", "/_ledger")).json()
        made = (call for call in ledger["calls"] if call["operation"] == "refund_charge" and not call["replayed"])
        return [call["path"].split("/")[2] for call in made if call["decided"] == 201]

    async def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        async with self._client(httpx.AsyncClient) as client:
            answer: httpx.Response = await client.request(method, path, json=body)
        return answer.raise_for_status()

    def is_at(self, now: datetime) -> None:
        """Travel there, at once: nobody acts before the shop has arrived, too."""
        with self._client(httpx.Client) as client:
            client.put("/_clock", json={"now": now.isoformat()}).raise_for_status()

    def _client(self, kind: Any) -> Any:
        login = {"Authorization": f"Bearer {self.key}"}
        return kind(base_url=self.url, headers=login, trust_env=False, verify=False, timeout=10)


class TravelWithShop(Travel):
    """The desk's time, and the shop's with it: parcels arrive and windows close as the days go by."""

    def __init__(self, file: Path, shop: Shop) -> None:
        super().__init__(file)
        self._shop = shop

    def by(self, length: timedelta) -> datetime:
        now = super().by(length)
        self._shop.is_at(now)
        return now


@asynccontextmanager
async def opened(log: Path) -> AsyncIterator[Shop]:
    """A free port's, as its seed says; closed at the end, however that comes. Raises DemoFailed."""
    key = secrets.token_urlsafe(16)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "examples.shop",
            "--lifeline",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            env={**os.environ, "SHOP_API_KEY": key, "PYTHONPATH": str(HOME)},
        )
    try:
        yield Shop(await _address(process), key)
    finally:
        await _close(process)


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), _OPENS_WITHIN)).decode()
    except TimeoutError:
        line = ""
    if (found := re.search(r"http://\S+", line)) is None:
        raise DemoFailed("The demo shop did not open.")
    return found[0]


async def _close(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _CLOSES_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()
