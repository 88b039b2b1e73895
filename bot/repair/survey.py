"""What stands in Slack: every channel that has or should have cards of live tickets, back to the oldest of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bot.client import Slack
from bot.ports import Repairs, Rooms, Standing
from bot.repair.patience import patiently
from bot.repair.plan import Seen, Step, kept_card, plan
from bot.showing.ticket import drawn
from bot.wire import card_seen, entry_part
from core.errors import AccountRefused

_CLOCKS_DIFFER = timedelta(minutes=1)  # ours and Slack's, at most


@dataclass(frozen=True, slots=True)
class Survey:
    """What is to be done, and what only a person can do, in words."""

    steps: Sequence[Step]
    problems: Sequence[str]
    cards: int  # looked at


async def survey(repairs: Repairs, rooms: Rooms, client: Slack) -> Survey:
    """Read the channels and compare. Changes nothing. Raises ChannelUnavailable, and AccountRefused for a bad token."""
    live = await repairs.live()
    seen: dict[UUID, list[Seen]] = defaultdict(list)
    unread, problems = set(), []
    await client.home()  # a token that is no good is no problem of a channel
    for channel, oldest in _channels(live).items():
        try:
            for card in await patiently(lambda c=channel, o=oldest: _read(c, o, client)):  # type: ignore[misc]
                seen[card.ticket_id].append(card)
        except AccountRefused as error:
            unread.add(channel)
            problems.append(error.message)
    if homeless := [ticket.number for ticket in live if ticket.home is None]:
        numbers = ", ".join(f"#{number}" for number in homeless[:10])
        problems.append(f"{len(homeless)} live tickets have a team without a Slack channel: {numbers}.")
    settled = await repairs.these(list(seen.keys() - {ticket.id for ticket in live}))
    tickets = [*live, *settled]
    digests = {each.id: drawn(await rooms.card(each.id)).digest for each in tickets if each.id in seen}
    gone = {ticket.id: await _gone(ticket, seen[ticket.id], repairs, client) for ticket in live if ticket.id in seen}
    steps = plan(tickets, seen, digests=digests, gone=gone, unread=unread)
    return Survey(steps, problems, sum(map(len, seen.values())))


def _channels(live: Sequence[Standing]) -> dict[str, float]:
    """Where to look, and back to when (seconds since 1970): no card is older than its ticket."""
    oldest: dict[str, float] = {}
    for ticket in live:
        since = (ticket.opened_at - _CLOCKS_DIFFER).timestamp()
        for channel in {ticket.channel, ticket.home} - {None}:
            oldest[str(channel)] = min(since, oldest.get(str(channel), since))
    return oldest


async def _read(channel: str, oldest: float, client: Slack) -> list[Seen]:
    found = []
    async for message in client.messages_since(channel, oldest):
        if (mark := card_seen(message)) is not None:
            ticket_id, shows = mark
            found.append(Seen(ticket_id, channel, str(message["ts"]), shows, int(message.get("reply_count") or 0)))
    return found


async def _gone(ticket: Standing, cards: Sequence[Seen], repairs: Repairs, client: Slack) -> frozenset[str]:
    """Posts of ours that vanished from the ticket's thread. Read only where Slack counts fewer than there should be."""
    kept = kept_card(ticket, cards)
    if kept is None or kept.replies >= ticket.entries:
        return frozenset()
    posted = await repairs.posted(ticket.id)  # before looking, so that what is posted meanwhile does not count as gone
    return posted - await patiently(lambda: _posts(kept, client))


async def _posts(card: Seen, client: Slack) -> frozenset[str]:
    posts = [message async for message in client.replies(card.channel, card.ts) if entry_part(message) is not None]
    return frozenset(str(message["ts"]) for message in posts)
