"""What stands in Slack: every channel that has or should have cards, back to the oldest that is needed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bot.client import Slack
from bot.ports import Repairs, Standing
from bot.repair.decks import Deck, Decks
from bot.repair.patience import patiently
from bot.repair.plan import Seen, Step, kept_card, plan
from bot.wire import card_seen, entry_part
from core.errors import AccountRefused

_CLOCKS_DIFFER = timedelta(minutes=1)  # ours and Slack's, at most
_MOST_NAMED = 10

_Cards = Mapping[UUID, Sequence[Seen]]  # by the ticket or conversation


@dataclass(frozen=True, slots=True)
class Survey:
    """What is to be done, and what only a person can do, in words."""

    steps: Sequence[Step]
    problems: Sequence[str]
    cards: int  # looked at
    strange: int  # of them, left alone: the database knows no such ticket or conversation


async def survey(decks: Decks, client: Slack) -> Survey:
    """Read the channels and compare. Changes nothing. Raises ChannelUnavailable, and AccountRefused for a bad token."""
    live = {owner: await deck.repairs.live() for owner, deck in decks.items()}
    seen: dict[UUID, list[Seen]] = defaultdict(list)
    unread, problems = set(), []
    await client.home()  # a token that is no good is no problem of a channel
    for channel, oldest in _channels([each for its in live.values() for each in its]).items():
        try:
            for card in await patiently(lambda c=channel, o=oldest: _read(c, o, client)):  # type: ignore[misc]
                seen[card.owner_id].append(card)
        except AccountRefused as error:
            unread.add(channel)
            problems.append(error.message)
    steps: list[Step] = []
    known: set[UUID] = set()
    for owner, deck in decks.items():
        problems += _homeless(deck, live[owner])
        settled = await deck.repairs.these(list(seen.keys() - {each.id for each in live[owner]}))
        standings = [*live[owner], *settled]
        known.update(each.id for each in standings)
        digests = {each.id: (await deck.drawn(each.id)).digest for each in standings if each.id in seen}
        gone = {each.id: await _gone(each, seen, deck.repairs, client) for each in live[owner]}
        steps += plan(standings, seen, digests=digests, gone=gone, unread=unread)
    strange = sum(len(cards) for owner_id, cards in seen.items() if owner_id not in known)
    return Survey(steps, problems, sum(map(len, seen.values())), strange)


def _channels(live: Sequence[Standing]) -> dict[str, float]:
    """Where to look, and back to when (seconds since 1970)."""
    oldest: dict[str, float] = {}
    for each in live:
        since = (each.since - _CLOCKS_DIFFER).timestamp()
        for channel in {each.channel, each.home} - {None}:
            oldest[str(channel)] = min(since, oldest.get(str(channel), since))
    return oldest


def _homeless(deck: Deck, live: Sequence[Standing]) -> Iterator[str]:
    if names := [each.name for each in live if each.home is None]:
        yield f"{len(names)} {deck.homeless}: {', '.join(names[:_MOST_NAMED])}."


async def _read(channel: str, oldest: float, client: Slack) -> list[Seen]:
    found = []
    async for message in client.messages_since(channel, oldest):
        if (mark := card_seen(message)) is not None and not mark.moved:
            replies = int(message.get("reply_count") or 0)
            found.append(Seen(mark.owner_id, channel, str(message["ts"]), mark.shows, replies))
    return found


async def _gone(standing: Standing, seen: _Cards, repairs: Repairs, client: Slack) -> frozenset[str]:
    """Posts of ours that vanished from the card's thread. Read only where Slack counts fewer than there should be."""
    kept = kept_card(standing, seen.get(standing.id, ()))
    if kept is None or kept.replies >= standing.entries:
        return frozenset()
    posted = await repairs.posted(standing.id)  # before looking: what is posted meanwhile must not count as gone
    return posted - await patiently(lambda: _posts(kept, client))


async def _posts(card: Seen, client: Slack) -> frozenset[str]:
    posts = [message async for message in client.replies(card.channel, card.ts) if entry_part(message) is not None]
    return frozenset(str(message["ts"]) for message in posts)
