"""Who a Slack user is at the desk: linked by e-mail, and by nothing else (SPEC 5.6)."""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.client import Slack
from bot.ports import Rooms
from bot.wire import Json
from core.errors import ChannelUnavailable, Refused
from core.instants import Clock
from ticketing.desk import Desk
from ticketing.people.person import Person


class Stranger(Refused):
    """This Slack user is nobody of the desk. Nothing happens for them."""

    def __init__(self, email: str | None) -> None:
        self.email = email  # None: of no member of this workspace
        known_as = f" (your address in Slack is {email})" if email else ""
        super().__init__(
            f"You are not in Threadline{known_as}, so nothing was done. "
            "Ask an admin to add you with `threadline people add`."
        )


class Doubt(StrEnum):
    """Why Slack's word for somebody's e-mail is not enough, or is not given."""

    BOT = "a bot"
    DEACTIVATED = "deactivated in Slack"
    ELSEWHERE = "of another workspace"
    UNCONFIRMED = "their e-mail is not confirmed"
    UNKNOWN = "no e-mail in Slack"


LOOK_AGAIN = timedelta(days=1)  # an address that changed in Slack, or an account that was closed, shows by then


async def identify(slack_user: str, *, desk: Desk, rooms: Rooms, slack: Slack, clock: Clock) -> Person:
    """Raises Stranger; ChannelError where Slack cannot say who it is and nobody knows."""
    now = clock()
    email = await rooms.email_of(slack_user, since=now - LOOK_AGAIN)
    if email is None:
        email = await _looked_up(slack_user, rooms=rooms, slack=slack, now=now)
    person = await desk.person_by_email(email)
    if person is None:
        raise Stranger(email)
    return person


async def _looked_up(slack_user: str, *, rooms: Rooms, slack: Slack, now: datetime) -> str:
    """What Slack says now; while it cannot be asked, what it said last. Raises Stranger, ChannelError."""
    try:
        user, home = await slack.user(slack_user), await slack.home()
    except ChannelUnavailable:
        if (known := await rooms.email_of(slack_user)) is not None:
            return known
        raise
    if doubt_about(user, home) is not None:
        raise Stranger(None)
    email = address_of(user)
    await rooms.remember_user(slack_user, email, zone=zone_of(user), now=now)
    return email


def doubt_about(user: Json, home: str) -> Doubt | None:
    """Why a user of Slack is nobody whose e-mail it vouches for; None: it does.

    In a channel shared with another company, its administrators decide what addresses its people carry: taking their
    word would let them act as ours.
    """
    teams = {user.get("team_id"), *(user.get("enterprise_user") or {}).get("teams", [])}
    if user.get("is_bot"):
        return Doubt.BOT
    if user.get("deleted"):
        return Doubt.DEACTIVATED
    if home not in teams:
        return Doubt.ELSEWHERE
    if user.get("is_email_confirmed") is False:
        return Doubt.UNCONFIRMED
    return None if address_of(user) else Doubt.UNKNOWN


def address_of(user: Json) -> str:
    """ "" where the profile has none."""
    return str((user.get("profile") or {}).get("email") or "").strip().lower()


def zone_of(user: Json) -> str | None:
    return str(user.get("tz") or "") or None
