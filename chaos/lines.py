"""The two ways in which Slack reaches the desk, in turns: HTTP, and Socket Mode with sockets that break."""

import asyncio
import random
from contextlib import suppress

from chaos.timeline import Timeline
from emulators.slack import Workspace

_TURN = (12.0, 24.0)  # seconds of each
_LASTS = (4.0, 12.0)  # … of a socket, while they are in use


async def take_turns(slack: Workspace, dice: random.Random, timeline: Timeline, stop: asyncio.Event) -> None:
    """Until `stop`. From then on over sockets, which hold."""
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        slack.courier.socket_mode = not slack.courier.socket_mode
        timeline.note(f"Slack comes over {'Socket Mode' if slack.courier.socket_mode else 'HTTP'}")
        over = loop.time() + dice.uniform(*_TURN)
        while (left := over - loop.time()) > 0 and not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), min(left, dice.uniform(*_LASTS)))
            if slack.courier.socket_mode and not stop.is_set():
                await _end_a_socket(slack, dice)
    slack.courier.socket_mode, slack.sockets.cut_after_next = None, False


async def _end_a_socket(slack: Workspace, dice: random.Random) -> None:
    """Without a word, with one, or the moment after something went over it."""
    match dice.choice(("cut", "after", "after", "announced")):
        case "cut":
            await slack.sockets.cut()
        case "after":
            slack.sockets.cut_after_next = True
        case _:
            await slack.sockets.disconnect()
