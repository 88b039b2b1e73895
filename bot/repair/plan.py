"""What is to be done so that Slack agrees with the database. Pure: two pictures come in, steps go out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bot.ports import Standing


class Kind(StrEnum):
    """What can be wrong with a ticket's card, by what is done about it."""

    POST = "posted, with its whole thread"
    ADOPT = "found again, and its thread completed"
    MOVE = "moved to the team's channel, with its whole thread"
    UPDATE = "brought up to date"
    THREAD = "thread completed"
    DELETE = "extra card deleted"


@dataclass(frozen=True, slots=True)
class Seen:
    """A card of ours as it stands in a channel."""

    ticket_id: UUID
    channel: str
    ts: str
    shows: str | None  # the digest it was drawn with; None: drawn before there was one
    replies: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `ts`: of the card it is about, None where there is none."""

    kind: Kind
    ticket: Standing
    channel: str
    ts: str | None = None
    gone: frozenset[str] = frozenset()  # of a thread: the ts of the posts that are not there any more


def plan(
    tickets: Sequence[Standing],
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
    for ticket in tickets:
        cards = seen.get(ticket.id, ())
        missing = gone.get(ticket.id, frozenset())
        steps += _steps(ticket, cards, digests.get(ticket.id), missing, unread)
    return sorted(steps, key=lambda step: (step.kind is Kind.DELETE, step.ticket.number))


def kept_card(ticket: Standing, cards: Sequence[Seen]) -> Seen | None:
    """The one that the database knows."""
    return next((card for card in cards if (card.channel, card.ts) == (ticket.channel, ticket.ts)), None)


def _steps(
    ticket: Standing, cards: Sequence[Seen], digest: str | None, gone: frozenset[str], unread: Collection[str]
) -> Iterator[Step]:
    kept = kept_card(ticket, cards)
    home = ticket.home if ticket.live else ticket.channel
    if home is not None and home not in unread:
        if ticket.live and ticket.ts is not None and ticket.channel != home:
            yield Step(Kind.MOVE, ticket, home, ticket.ts)
        elif kept is not None:
            if kept.shows != digest:
                yield Step(Kind.UPDATE, ticket, kept.channel, kept.ts)
            if gone or (ticket.live and ticket.due):
                yield Step(Kind.THREAD, ticket, kept.channel, kept.ts, gone)
        elif ticket.live:
            # The newest one is what `show_ticket` finds.
            kept = max((card for card in cards if card.channel == home), key=lambda card: float(card.ts), default=None)
            yield Step(Kind.ADOPT if kept else Kind.POST, ticket, home, kept.ts if kept else None)
    for card in cards:
        if kept is not None and card != kept:
            yield Step(Kind.DELETE, ticket, card.channel, card.ts)
