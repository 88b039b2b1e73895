"""`python -m chaos --minutes 10 --rate 20 --seed 1`: a storm, the books, exit code 1 if anything is wrong."""

import argparse
import json
import random
import sys
import time

import uvloop
from rich.console import Console

from app.settings import HOME
from chaos.plan import at_the_office, lasting, of_returns
from chaos.report import as_json, table
from chaos.storm import Progress, run

_OFTEN, _SELDOM = 0.5, 15.0  # seconds between two looks, on a screen and in a log


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long customers write")
    parser.add_argument("--rate", type=float, default=10.0, help="messages a second")
    parser.add_argument("--seed", type=int, help="default: another each time")
    parser.add_argument("--faults", type=float, help="share of providers' calls that go wrong")
    parser.add_argument("--office", action="store_true", help="nothing dies; only Slack fails, and five do everything")
    parser.add_argument("--returns", action="store_true", help="everybody wants their money back; the AI is alone")
    parser.add_argument("--limits", action="store_true", help="the providers limit how fast they are called")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.randrange(1_000_000)
    if given.office:
        plan = at_the_office(given.minutes, seed, faults=0.2 if given.faults is None else given.faults)
    elif given.returns:
        plan = of_returns(given.minutes, given.rate, seed, faults=0.1 if given.faults is None else given.faults)
    else:
        faults = 0.05 if given.faults is None else given.faults
        plan = lasting(given.minutes, given.rate, seed, faults=faults, limits=given.limits)
    folder = HOME / "var" / "chaos" / f"{time.strftime('%Y%m%d-%H%M%S')}-seed-{seed}"
    screen = Console(stderr=True)
    screen.print(
        f"seed {seed}: {plan.messages} messages at {plan.rate:g} a second, {plan.deaths} deaths; logs in {folder}"
    )
    outcome = uvloop.run(run(plan, folder, _Line(screen)))
    if given.json:
        sys.stdout.write(json.dumps(as_json(outcome), ensure_ascii=False, indent=1) + "\n")
    else:
        Console().print(table(outcome))
    return 0 if outcome.right else 1


class _Line:
    """One line that says how far it is: rewritten on a screen, repeated now and then in a log."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen
        self._next, self._stage = 0.0, ""

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now < self._next and progress.stage == self._stage:
            return
        live = self._screen.is_terminal
        self._next, self._stage = now + (_OFTEN if live else _SELDOM), progress.stage
        line = (
            f"{progress.stage}: {progress.written}/{progress.planned} messages, {progress.cards} cards,"
            f" {progress.acts} acts, {progress.deaths} deaths"
        )
        self._screen.print(line.ljust(100), end="\r" if live else "\n", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
