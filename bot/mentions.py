"""What people typed in Slack, in words: people who are named in it by their names at the desk."""

from itertools import islice

from bot.door import Door
from bot.text import from_slack, mentioned
from core.errors import DeskError

_MOST = 5  # of whom Slack is asked, where we do not know them yet: an answer has three seconds


async def in_words(text: str, door: Door, *, emails: bool = False) -> str:
    """Of strangers, what Slack calls them. `emails`: people by their addresses, where names are not exact enough."""
    names = {}
    for user in islice(dict.fromkeys(mentioned(text)), _MOST):
        try:
            person = await door.person(user)
            names[user] = person.email if emails else person.name
        except DeskError:
            continue
    return from_slack(text, names)
