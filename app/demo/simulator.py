"""The page on which the demo goes on after its story: a customer's phone and Slack, in a browser."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from app.demo.mail import DESK
from app.demo.own import OwnDesk
from app.demo.playbooks import choice_of
from app.demo.stage import Stage
from app.demo.time_travel import travels
from bot.manifest import SHORTCUTS
from emulators.simulator import Mailboxes, Simulator

PORT = 8765  # the address of one demo stays good for the next; another is taken when somebody is there


@asynccontextmanager
async def simulated(stage: Stage, own: OwnDesk | None = None) -> AsyncIterator[str]:
    """The address of the simulator of this stage, for as long as the block lasts."""
    simulator = Simulator(
        stage.slack,
        stage.twilio,
        stage.telegram,
        product="Threadline",
        shortcuts={each.callback: each.name for each in SHORTCUTS if each.kind == "message"},
        choice=choice_of(stage, own),
        time=travels(stage.travel),
        mail=Mailboxes(stage.mail, DESK),
        links={"The shop": stage.shop.url},
    )
    async with AsyncExitStack() as stack:
        try:
            served = await stack.enter_async_context(simulator.serve(port=PORT))
        except OSError:
            served = await stack.enter_async_context(simulator.serve())
        yield served.url
