"""A page on localhost: a customer's phone on the left, Slack on the right.

    simulator = Simulator(workspace, account, telegram=bot)
    async with simulator.serve() as served:          # served.url is the page

It shows what the emulators of this process hold (`telegram` may be left out), drawn from the real blocks. Whatever is
done on it goes through their people and customers, so it reaches the application as signed requests like everything
else. It keeps no state of its own. Start reading at `server.py`; `facts.py` is what the page is told (`phones.py` of
phones, `mailboxes.py` of mail), `deeds.py` and `customers.py` what it may do, `page/` the page itself.
"""

from emulators.simulator.choice import CannotChoose, Choice
from emulators.simulator.mailboxes import Mailboxes
from emulators.simulator.server import Simulator
from emulators.simulator.travel import TimeTravel

__all__ = ["CannotChoose", "Choice", "Mailboxes", "Simulator", "TimeTravel"]
