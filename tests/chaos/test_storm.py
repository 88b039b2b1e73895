"""Processes die, PostgreSQL restarts, providers fail while customers write and colleagues work; the books balance."""

from dataclasses import replace
from pathlib import Path

import pytest

from chaos.plan import Plan, lasting
from tests.chaos.weather import weather

# Some seconds of work. Its deaths come by the share of the work that is done, so a slow machine only takes longer.
# Most of it waits for what a killed worker had in hand: ten seconds for its jobs, thirty for the card it was showing.
SHORT = Plan(seed=20261122, messages=60, rate=15, deaths=3, acts=0.6, after=10, webs=1, clock=False, later=False)


async def test_after_the_storm_every_message_is_filed_shown_and_understood_exactly_once(tmp_path: Path) -> None:
    await weather(SHORT, tmp_path)


@pytest.mark.long
async def test_after_six_deaths_too(tmp_path: Path) -> None:
    await weather(replace(SHORT, messages=150, deaths=6), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 4))
async def test_whatever_the_weather(tmp_path: Path, seed: int) -> None:
    await weather(lasting(1, 10, seed), tmp_path)
