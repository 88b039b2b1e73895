"""Processes die, PostgreSQL restarts, providers fail while customers write and colleagues work; the books balance."""

from dataclasses import replace
from pathlib import Path

import pytest

from chaos.plan import Plan, at_the_office, lasting
from chaos.storm import run
from tests.trained import trained_brain

# Some seconds of work. Its deaths come by the share of the work that is done, so a slow machine only takes longer.
SHORT = Plan(seed=20261122, messages=60, rate=15, deaths=3, acts=0.6, after=10, webs=1, clock=False, later=False)

OFFICE = replace(at_the_office(0.1, 20261123, rate=4), acts=1.5, sockets=False)


async def weather(plan: Plan, folder: Path) -> None:
    trained_brain()  # so that the workers find it
    outcome = await run(plan, folder / "storm")
    died = outcome.died.happened
    assert not outcome.books.wrong, f"seed {plan.seed}: {died}\n{outcome.books}\n{outcome.said}"
    assert died.total() == plan.deaths, f"seed {plan.seed}: {died} died, nothing there to die: {outcome.died.missed}"


async def test_after_the_storm_every_message_is_filed_shown_and_understood_exactly_once(tmp_path: Path) -> None:
    await weather(SHORT, tmp_path)


async def test_nothing_an_agent_does_is_lost_or_doubled_while_slack_fails_a_fifth_of_the_time(tmp_path: Path) -> None:
    await weather(OFFICE, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 4))
async def test_nor_in_a_minute_of_it(tmp_path: Path, seed: int) -> None:
    await weather(at_the_office(1, seed), tmp_path)


@pytest.mark.long
async def test_after_six_deaths_too(tmp_path: Path) -> None:
    await weather(replace(SHORT, messages=150, deaths=6), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 4))
async def test_whatever_the_weather(tmp_path: Path, seed: int) -> None:
    await weather(lasting(1, 10, seed), tmp_path)
