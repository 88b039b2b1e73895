"""A whole run, and what must hold after it."""

from pathlib import Path

from chaos.plan import Plan
from chaos.storm import run
from tests.trained import trained_brain


async def weather(plan: Plan, folder: Path) -> None:
    trained_brain()  # so that the workers find it
    outcome = await run(plan, folder / "storm")
    died = outcome.died.happened
    assert not outcome.books.wrong, f"seed {plan.seed}: {died}\n{outcome.books}\n{outcome.said}"
    assert died.total() == plan.deaths, f"seed {plan.seed}: {died} died, nothing there to die: {outcome.died.missed}"
