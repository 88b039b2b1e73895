"""Colleagues who are named in what is typed after a command, by their addresses: names are not exact enough there."""

from itertools import islice

from bot.door import Door
from bot.text import from_slack, mentioned
from core.errors import DeskError

_MOST = 5  # of whom Slack is asked, where we do not know them yet: an answer has three seconds


async def with_emails(text: str, door: Door) -> str:
    """Of strangers, what Slack calls them."""
    emails = {}
    for user in islice(dict.fromkeys(mentioned(text)), _MOST):
        try:
            emails[user] = (await door.person(user)).email
        except DeskError:
            continue
    return from_slack(text, emails)
