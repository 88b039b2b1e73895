"""Five colleagues do everything that they can do while Slack fails; the books balance."""

from dataclasses import replace
from pathlib import Path

import pytest

from chaos.plan import at_the_office
from tests.chaos.weather import weather

OFFICE = replace(at_the_office(0.1, 20261123, rate=4), acts=1.5, sockets=False)


async def test_nothing_an_agent_does_is_lost_or_doubled_while_slack_fails_a_fifth_of_the_time(tmp_path: Path) -> None:
    await weather(OFFICE, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 4))
async def test_nor_in_a_minute_of_it(tmp_path: Path, seed: int) -> None:
    await weather(at_the_office(1, seed), tmp_path)
