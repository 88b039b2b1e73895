"""What is to be done so that Slack agrees with the database. Pure: two pictures come in, steps go out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bot.ports import Standing


class Kind(StrEnum):
    """What can be wrong with a card, by what is done about it. Its thread, if it has one, goes with it."""

    POST = "posted"
    ADOPT = "found again"
    MOVE = "moved to its channel"
    UPDATE = "brought up to date"
    THREAD = "thread completed"
    DELETE = "extra card deleted"


@dataclass(frozen=True, slots=True)
class Seen:
    """A card of ours as it stands in a channel."""

    owner_id: UUID
    channel: str
    ts: str
    shows: str | None  # the digest it was drawn with; None: drawn before there was one
    replies: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `ts`: of the card it is about, None where there is none."""

    kind: Kind
    of: Standing
    channel: str
    ts: str | None = None
    gone: frozenset[str] = frozenset()  # of a thread: the ts of the posts that are not there any more


def plan(
    standings: Sequence[Standing],
    seen: Mapping[UUID, Sequence[Seen]],
    *,
    digests: Mapping[UUID, str],
    gone: Mapping[UUID, frozenset[str]],
    unread: Collection[str],
) -> list[Step]:
    """The steps, those that show something before those that take something away.

    `digests`: what the database would draw now. `gone`: posts that vanished from threads. `unread`: channels that could
    not be read; what should stand there is left alone.
    """
    steps: list[Step] = []
    for each in standings:
        cards = seen.get(each.id, ())
        missing = gone.get(each.id, frozenset())
        steps += _steps(each, cards, digests.get(each.id), missing, unread)
    return sorted(steps, key=lambda step: step.kind is Kind.DELETE)


def kept_card(standing: Standing, cards: Sequence[Seen]) -> Seen | None:
    """The one that the database knows."""
    return next((card for card in cards if (card.channel, card.ts) == (standing.channel, standing.ts)), None)


def _steps(
    of: Standing, cards: Sequence[Seen], digest: str | None, gone: frozenset[str], unread: Collection[str]
) -> Iterator[Step]:
    kept = kept_card(of, cards)
    home = of.home if of.live or of.ts is None else of.channel
    if home is not None and home not in unread:
        if of.live and of.ts is not None and of.channel != home:
            yield Step(Kind.MOVE, of, home, of.ts)
        elif kept is not None:
            yield from _mended(of, kept, digest, gone)
        elif of.live or of.ts is None:
            # The newest one is what whoever shows it finds.
            kept = max((card for card in cards if card.channel == home), key=lambda card: float(card.ts), default=None)
            if kept is not None:
                yield Step(Kind.ADOPT, of, home, kept.ts)
            elif of.live:
                yield Step(Kind.POST, of, home)
    for card in cards:
        if kept is not None and card != kept:
            yield Step(Kind.DELETE, of, card.channel, card.ts)


def _mended(of: Standing, kept: Seen, digest: str | None, gone: frozenset[str]) -> Iterator[Step]:
    if kept.shows != digest:
        yield Step(Kind.UPDATE, of, kept.channel, kept.ts)
    if gone or (of.live and of.due):
        yield Step(Kind.THREAD, of, kept.channel, kept.ts, gone)
