"""Who a Slack user is at the desk: linked by e-mail, and by nothing else (SPEC 5.6)."""

from bot.client import Slack
from bot.ports import Rooms
from bot.wire import Json
from core.errors import Refused
from core.instants import Clock
from ticketing.desk import Desk
from ticketing.people.person import Person


class Stranger(Refused):
    """This Slack user is nobody of the desk. Nothing happens for them."""

    def __init__(self, email: str | None) -> None:
        known_as = f" (your address in Slack is {email})" if email else ""
        super().__init__(
            f"You are not in Threadline{known_as}, so nothing was done. "
            "Ask an admin to add you with `threadline people add`."
        )


async def identify(slack_user: str, *, desk: Desk, rooms: Rooms, slack: Slack, clock: Clock) -> Person:
    """Raises Stranger; ChannelError where Slack cannot say who it is."""
    email = await rooms.email_of(slack_user)
    if email is None:
        user = await slack.user(slack_user)
        email = _address(user, await slack.home())
        if email is None:
            raise Stranger(None)
        await rooms.remember_user(slack_user, email, zone=str(user.get("tz") or "") or None, now=clock())
    person = await desk.person_by_email(email)
    if person is None:
        raise Stranger(email)
    return person


def _address(user: Json, home: str) -> str | None:
    """The e-mail that Slack vouches for. None for bots and for guests from other workspaces.

    In a channel shared with another company, its administrators decide what addresses its people carry: taking their
    word would let them act as ours.
    """
    teams = {user.get("team_id"), *(user.get("enterprise_user") or {}).get("teams", [])}
    if user.get("is_bot") or user.get("deleted") or user.get("is_email_confirmed") is False or home not in teams:
        return None
    email = str((user.get("profile") or {}).get("email") or "").strip().lower()
    return email or None
