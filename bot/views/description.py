"""The description of a ticket that somebody opened by hand, and the message in Slack that it came from."""

import re

from bot.text import prose, to_edit
from bot.views.parts import context, mrkdwn, plain, section
from bot.wire import Json

_MOST = 900  # characters of it on a card
_PLACE = re.compile(r"archives/[A-Z0-9]{1,30}/p[0-9]{1,30}(?:\?thread_ts=[0-9.]{1,30}&cid=[A-Z0-9]{1,30})?")


def with_source(text: str, source: str, *, most: int) -> str:
    """Words with the address of the message in Slack that they are from, as a description is kept: at most so long."""
    words = to_edit(text.strip(), most - len(source) - 2)
    return f"{words}\n\n{source}".strip()


def described(description: str, site: str) -> list[Json]:
    """`site`: of the workspace; no other address becomes a link."""
    words, _, last = description.strip().rpartition("\n")
    place = last.removeprefix(f"{site.rstrip('/')}/") if site else last
    led = bool(site) and last != place and _PLACE.fullmatch(place) is not None
    shown = prose(words if led else description, _MOST)
    blocks = [section(plain(shown))] if shown else []
    return [*blocks, context(mrkdwn(f"🔗 from <{last}|a message in Slack>"))] if led else blocks
