"""Time travel: all processes of an emulated desk jump together, never backwards, and never beside a real provider."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.demo.time_travel import next_morning, noon_of_a_working_day, shop, travels
from app.settings import Settings
from app.travel import FARTHEST, CannotTravel, Travel
from emulators.simulator import Simulator
from emulators.slack import Workspace
from emulators.twilio import Account

WORLD = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = "http://127.0.0.1:9/"


def a_desk(file: Path) -> Travel:
    return Travel(file, world=lambda: WORLD)


def test_a_jump_is_seen_by_every_process_that_reads_the_file(tmp_path: Path) -> None:
    one, other = (a_desk(tmp_path / "ahead") for _ in range(2))
    assert other() == WORLD
    assert one.by(timedelta(hours=1)) == WORLD + timedelta(hours=1)
    assert other() == WORLD + timedelta(hours=1)
    assert other.to(WORLD + timedelta(days=1)) == one() == WORLD + timedelta(days=1)
    assert a_desk(tmp_path / "ahead").ahead == timedelta(days=1)


def test_time_never_goes_backwards_nor_too_far(tmp_path: Path) -> None:
    travel = a_desk(tmp_path / "ahead")
    travel.by(timedelta(hours=2))
    for there in (WORLD, WORLD + FARTHEST + timedelta(seconds=1)):
        with pytest.raises(CannotTravel):
            travel.to(there)
    (tmp_path / "ahead").write_text("60")
    assert travel() == WORLD + timedelta(hours=2)
    (tmp_path / "ahead").unlink()
    assert travel() == WORLD + timedelta(hours=2)


@pytest.mark.parametrize(
    ("real", "named"),
    [
        ({"telegram_bot_token": "1:t"}, "Telegram"),
        ({"telegram_bot_token": "1:t", "telegram_api_url": "https://api.telegram.org"}, "Telegram"),
        ({"twilio_account_sid": "AC1", "twilio_auth_token": "t"}, "Twilio"),
        ({"slack_bot_token": "xoxb-1", "slack_api_url": "http://127.0.0.1.example/"}, "Slack"),
        ({"anthropic_api_key": "k"}, "Anthropic"),
    ],
)
def test_it_is_refused_beside_a_real_provider(real: dict[str, Any], named: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"time_travel.*{named}"):
        Settings(_env_file=None, time_travel=str(tmp_path / "ahead"), **real)


def test_a_desk_of_emulators_may_travel_and_any_other_lives_in_the_worlds_time(tmp_path: Path) -> None:
    emulated: dict[str, Any] = {
        "telegram_bot_token": "1:t",
        "telegram_api_url": HERE,
        "slack_bot_token": "x",
        "slack_api_url": HERE,
    }
    settings = Settings(_env_file=None, time_travel=str(tmp_path / "ahead"), **emulated)
    Travel(tmp_path / "ahead").by(timedelta(days=3))
    assert settings.clock() - datetime.now(UTC) > timedelta(days=2)
    assert abs(Settings(_env_file=None).clock() - datetime.now(UTC)) < timedelta(hours=1)


def test_the_next_morning_is_nine_oclock_in_berlin_also_where_clocks_change() -> None:
    assert next_morning(WORLD) == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert next_morning(datetime(2026, 11, 24, 7, tzinfo=UTC)) == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert next_morning(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "noon"),
    [
        ("2026-11-24T10:00", "2026-11-24T11:00"),
        ("2026-11-27T10:00", "2026-11-30T11:00"),  # Saturday is no whole day
        ("2026-12-23T10:00", "2026-12-28T11:00"),  # nor is Christmas Eve
        ("2026-12-30T10:00", "2027-01-04T11:00"),
    ],
)
def test_a_story_of_two_days_begins_where_both_are_working_days_of_the_shop(now: str, noon: str) -> None:
    found = noon_of_a_working_day(datetime.fromisoformat(now).replace(tzinfo=UTC), shop())
    assert found == datetime.fromisoformat(noon).replace(tzinfo=UTC)


async def test_the_simulators_page_shows_the_desks_time_and_lets_it_jump(tmp_path: Path) -> None:
    travel = a_desk(tmp_path / "ahead")
    workspace, account = Workspace(events_url="http://127.0.0.1:1/"), Account(webhook_url="http://127.0.0.1:1/")
    simulator = Simulator(workspace, account, time=travels(travel))
    async with simulator.serve() as served, httpx.AsyncClient(base_url=served.url) as page:
        own = {"Origin": served.url}
        told = (await page.get("/facts")).json()
        assert told["about"]["travel"] == {"15m": "+15 min", "1h": "+1 h", "morning": "Next morning"}
        assert told["facts"]["time"] == {"ahead": 0.0}
        done = await page.post("/do/travel", json={"option": "1h"}, headers=own)
        assert done.json()["said"] == "At the desk it is Monday, 14:00 in Berlin."
        assert (await page.get("/facts")).json()["facts"]["time"] == {"ahead": 3600.0}
        assert (await page.post("/do/travel", json={"option": "back"}, headers=own)).status_code == 400
        travel.by(FARTHEST - timedelta(hours=1))
        refused = await page.post("/do/travel", json={"option": "15m"}, headers=own)
        assert (refused.status_code, refused.json()["message"]) == (409, "Further than 366 days ahead nobody travels.")
    assert travel() == WORLD + FARTHEST
