"""The demo's time: its desk may jump ahead, to see what time brings."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.playbooks import read_playbook
from app.settings import HOME
from app.travel import CannotTravel, Travel
from emulators.simulator import CannotChoose, TimeTravel
from sla.calendar import Calendar, elapsed
from ticketing.playbook.apply import checked

ZONE = ZoneInfo("Europe/Berlin")  # of the shop's calendar
OPENS = time(9)
_WHOLE = timedelta(hours=8)  # open on a working day
_JUMPS = {"15m": timedelta(minutes=15), "1h": timedelta(hours=1)}
_OPTIONS = {"15m": "+15 min", "1h": "+1 h", "morning": "Next morning"}


def travels(travel: Travel) -> TimeTravel:
    """The control on the simulator's page."""
    return TimeTravel(_OPTIONS, lambda: travel.ahead, _go(travel))


def next_morning(now: datetime) -> datetime:
    """When the next day begins at the desk."""
    today = now.astimezone(ZONE)
    first = datetime.combine(today.date(), OPENS, ZONE)
    return first if first > today else datetime.combine(today.date() + timedelta(days=1), OPENS, ZONE)


def shop() -> Calendar:
    """When the demo's desk is open: by the playbook that it begins with."""
    path = HOME / "examples" / "playbooks" / "retail.yaml"
    return checked(read_playbook(path), file=path.name, teams=None, people=None).calendars["shop"]


def noon_of_a_working_day(now: datetime, calendar: Calendar) -> datetime:
    """The next noon that another whole working day follows: eight hours open on each, whatever holidays come."""
    noon = datetime.combine(now.astimezone(ZONE).date(), time(12), ZONE)
    while noon <= now or any(_open_hours(noon + timedelta(days=day), calendar) != _WHOLE for day in (0, 1)):
        noon = datetime.combine(noon.date() + timedelta(days=1), time(12), ZONE)
    return noon


def _open_hours(noon: datetime, calendar: Calendar) -> timedelta:
    midnight = datetime.combine(noon.date(), time(0), ZONE)
    return elapsed(calendar, midnight, datetime.combine(noon.date() + timedelta(days=1), time(0), ZONE))


def _go(travel: Travel) -> Callable[[str], Awaitable[str]]:
    async def go(option: str) -> str:
        try:
            now = travel.by(_JUMPS[option]) if option in _JUMPS else travel.to(next_morning(travel()))
        except CannotTravel as error:
            raise CannotChoose(str(error)) from error
        return f"At the desk it is {now.astimezone(ZONE):%A, %H:%M} in Berlin."

    return go
