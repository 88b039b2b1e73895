"""What it takes to fill in a form that somebody has open: less than a Door, so that a worker has it, too."""

from dataclasses import dataclass
from typing import Protocol

from bot.client import Slack
from bot.ports import Rooms
from core.instants import Clock
from ticketing.desk import Desk


class Reach(Protocol):
    """A Door is one."""

    @property
    def desk(self) -> Desk: ...
    @property
    def rooms(self) -> Rooms: ...
    @property
    def slack(self) -> Slack: ...
    @property
    def clock(self) -> Clock: ...


@dataclass(frozen=True, slots=True)
class WorkersReach:
    """Without a press: nobody has to be identified."""

    desk: Desk
    rooms: Rooms
    slack: Slack
    clock: Clock
