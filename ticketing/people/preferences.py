"""What a person of the desk wants to be told of, in direct messages and by mail, and when their digest
comes (SPEC 5.5, 9).

Knows zones and times of day; knows neither Slack nor the present.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.errors import Refused
from ticketing.activity.record import Value


class Notice(StrEnum):
    """What a direct message tells of."""

    ASSIGNED = "assigned"  # a colleague made a ticket theirs, or handed one to them
    MENTIONED = "mentioned"  # a comment names them
    WATCHED = "watched"  # news of a ticket that they watch
    APPROVAL = "approval"  # a request waits for their decision
    ESCALATED = "escalated"  # a ticket was handed to people, and they are to see to it
    AUTONOMY = "autonomy"  # what was measured has moved how far the AI goes


class ByMail(StrEnum):
    """When they are told by mail."""

    NEVER = "never"
    OUTSIDE_SLACK = "outside_slack"  # what nobody could tell them in Slack, because they are not there
    ALWAYS = "always"  # as well as in Slack


class ZoneUnknown(Refused):
    """Not the name of a time zone."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """The defaults suit whoever never looks at them: everything is on, the digest comes at nine."""

    silenced: frozenset[Notice] = frozenset()  # of these they are not told
    digest: bool = True
    digest_at: time = time(9)  # by the clock on their wall, to the minute
    zone: str | None = None  # its IANA name; None: that of their Slack profile, else the desk's
    by_mail: ByMail = ByMail.OUTSIDE_SLACK
    slack_zone: str | None = None  # of their Slack profile, as far as known; not theirs to change here

    def wants(self, notice: Notice) -> bool:
        return notice not in self.silenced

    def where(self, desk: tzinfo) -> tzinfo:
        """The zone that they live by. `desk`: of the desk."""
        for name in (self.zone, self.slack_zone):
            if name is not None and (known := _zone(name)) is not None:
                return known
        return desk


def digest_on(day: date, preferences: Preferences, desk: tzinfo) -> datetime:
    """When the digest of this day comes, in UTC. A time that clocks leave out comes as much later as they are put
    forward; one that they show twice, the first time.
    """
    return datetime.combine(day, preferences.digest_at, preferences.where(desk)).astimezone(UTC)


def next_digest(preferences: Preferences, desk: tzinfo, after: datetime) -> datetime | None:
    """The first time after this instant, on whatever day, in UTC. None: they want none."""
    if not preferences.digest:
        return None
    day = after.astimezone(preferences.where(desk)).date()
    moments = (digest_on(day + timedelta(days=ahead), preferences, desk) for ahead in (0, 1, 2))
    return next(moment for moment in moments if moment > after)


def require_zone(name: str | None) -> None:
    """Raises ZoneUnknown."""
    if name is not None and _zone(name) is None:
        raise ZoneUnknown("There is no such time zone: use a name like Europe/Berlin or America/New_York.")


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # ZoneInfoNotFoundError is a LookupError; a folder of zones an OSError
        return None


def recorded(preferences: Preferences) -> dict[str, Value]:
    """As the record of changes keeps them."""
    return {
        "silenced": sorted(preferences.silenced),
        "digest": preferences.digest,
        "digest_at": preferences.digest_at.isoformat("minutes"),
        "zone": preferences.zone,
        "by_mail": preferences.by_mail.value,
    }
