"""The command `threadline demo`: tells the story, then hands phone and Slack to whoever sits there."""

import asyncio
import contextlib
import sys

from app.demo.own import OwnDesk, customers_of
from app.demo.prompt import converse
from app.demo.simulator import simulated
from app.demo.stage import LOGS, Stage, staged
from app.demo.story import Story
from app.demo.telling import Teller, seconds
from app.demo.waiting import DemoFailed
from app.logs import configure_logs
from app.run import stop_on_signals
from app.settings import Settings
from core.errors import DeskError
from storage.embedded import EngineFailed

_INTERRUPTED = 130
_YOURS = "write as Clara; the menu in the page's head reads your playbook again; Ctrl-C ends it"
_NEXT = (
    ("make demo", "then be the customer and the team yourself, in a browser"),
    ("README.md", "connect your own WhatsApp number and Slack workspace: a quarter of an hour"),
    ("make up", "then run it for real on this machine"),
    ("docs/architecture.md", "follow one message through the code"),
    ("var/demo/*.log", "what the web, worker and clock processes said meanwhile"),
)


async def run(*, once: bool, own: OwnDesk | None = None) -> int:
    """The exit code: 0 when every step came out, 1 when one did not, 130 when interrupted. `own`: no story."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    teller = Teller()
    teller.headline(
        "Threadline: tickets that live inside the conversation",
        "A customer writes on WhatsApp, a ticket stands in Slack, the answer goes back. Watch it happen, on Telegram "
        "and by mail too. Slack and the providers are emulated on this machine; everything else is what you would run, "
        "talking over real sockets.",
    )
    demo = asyncio.create_task(_play(teller, once=once) if own is None else _play_own(teller, own, once=once))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((demo, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not demo.done():
        with teller.busy("Stopping everything"):
            demo.cancel()
            await asyncio.wait((demo,))
    return _ending(demo, teller)


def _ending(demo: asyncio.Task[None], teller: Teller) -> int:
    if demo.cancelled():
        teller.console.print("\nStopped. Nothing of it is left running.")
        return _INTERRUPTED
    error = demo.exception()
    if error is None:
        return 0
    if isinstance(error, EngineFailed):
        error = DemoFailed(f"{error.what} {error.why}", error.remedy)
    if isinstance(error, DeskError):
        error = DemoFailed(error.message)
    if not isinstance(error, DemoFailed):
        raise error
    teller.failed(error, LOGS)
    return 1


async def _play(teller: Teller, *, once: bool) -> None:
    log_to_file()
    teller.act("Starting")
    async with staged(teller) as stage:
        story = Story(stage, teller)
        await story.tell()
        _sum_up(story, teller)
        if not once:
            await _stay(stage, teller)
    teller.console.print("\nEverything has been stopped; nothing of it is left running.\n")
    teller.lines("What you can do next", _NEXT)


async def _play_own(teller: Teller, own: OwnDesk, *, once: bool) -> None:
    log_to_file()
    teller.act("Starting")
    async with staged(teller, playbook=own.playbook, actions=own.actions, hosts=own.hosts) as stage:
        await customers_of(stage)
        if not once:
            await _stay(stage, teller, own)
    teller.console.print("\nEverything has been stopped; nothing of it is left running.\n")


async def _stay(stage: Stage, teller: Teller, own: OwnDesk | None = None) -> None:
    """Until Ctrl-C, or the end of what is typed."""
    async with simulated(stage, own) as address:
        teller.act("Your turn")
        teller.lines(
            "Open this in a browser: customers' phones and mailboxes, and Slack",
            [(address, _YOURS if own else "everything the story did is there, and goes on; Ctrl-C ends it")],
        )
        if sys.stdin.isatty():
            await converse(stage, teller)
        else:
            await asyncio.Event().wait()


def _sum_up(story: Story, teller: Teller) -> None:
    teller.act("What happened")
    steps = [(f"{number:>2}  {told.title}", seconds(told.took)) for number, told in enumerate(teller.steps, 1)]
    starts = ("    Starting everything", seconds(sum(told.took for told in teller.starts)))
    teller.table([starts, *steps], heads=("Step", "Took"))
    teller.table(story.books, heads=("The books balance", ""))


def log_to_file() -> None:
    """What this process logs belongs in the file, not into the story. An earlier demo's logs go."""
    LOGS.mkdir(parents=True, exist_ok=True)
    for old in LOGS.glob("*.log"):
        old.unlink()
    file = (LOGS / "demo.log").open("w", encoding="utf-8")
    with contextlib.redirect_stderr(file):
        configure_logs(Settings(_env_file=None), process="demo")
