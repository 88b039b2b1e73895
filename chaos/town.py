"""A town of customers: what each writes, when, and what must come of it. Plain values; nobody is asked or called."""

import io
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from PIL import Image


class Channel(StrEnum):
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    EMAIL = "email"


class Habit(StrEnum):
    """What a customer on e-mail does with what the desk sends them."""

    READS = "reads"
    ANSWERS = "answers"  # once, with what was written to them quoted below
    AWAY = "is away"  # their mailbox says so by itself
    GONE = "is gone"  # their mailbox is no more: what is sent there comes back


class Kind(StrEnum):
    ONE_ISSUE = "one issue"
    ASKS_AGAIN = "asks again"
    TWO_ISSUES = "two issues"
    BURST = "burst"
    GREETS = "only greets"
    STUTTERS = "stutters"  # each message comes three times at once
    HOSTILE = "hostile"
    PHOTOGRAPHS = "sends photos"  # one that shows the trouble, and one without a word
    IMPATIENT = "impatient"  # writes once, whatever the answer
    THANKS = "thanks"  # … once the ticket is resolved
    COMES_BACK = "comes back"  # … with the same trouble, once the ticket is resolved


# How many of a hundred customers.
_SHARES: Mapping[Kind, int] = {
    Kind.ONE_ISSUE: 20,
    Kind.ASKS_AGAIN: 14,
    Kind.TWO_ISSUES: 10,
    Kind.BURST: 8,
    Kind.GREETS: 8,
    Kind.STUTTERS: 8,
    Kind.HOSTILE: 6,
    Kind.PHOTOGRAPHS: 8,
    Kind.IMPATIENT: 6,
    Kind.THANKS: 6,
    Kind.COMES_BACK: 6,
}
# Who says all that there is to say at once.
RETURNING = frozenset({Kind.ONE_ISSUE, Kind.STUTTERS, Kind.IMPATIENT})
# Whose ways exist on WhatsApp only: Telegram itself repeats what was not acknowledged, and only that.
_ONLY_WHATSAPP = frozenset({Kind.STUTTERS, Kind.IMPATIENT})
_ON_TELEGRAM = 0.4  # of the others
_BY_MAIL = 0.3
# A mail server does not give up, and no mail carries everything that is hostile: tests/connectors/email sees to that.
_NOT_BY_MAIL = frozenset({Kind.IMPATIENT, Kind.HOSTILE})
_HABITS: Mapping[Habit, int] = {Habit.READS: 35, Habit.ANSWERS: 35, Habit.AWAY: 15, Habit.GONE: 15}
_HOSTILE = (
    " <!channel> <@U123> <http://evil.example|free> &amp; *bold* _it_ `code`",
    " ‮gnp.exe⁦ ​‍",
    " " + "🥺" * 60,
    " '); DROP TABLE ticket; -- {{7*7}} %s ${x} \x07",
    " " + "very " * 250,
    " " + "e\u0301\u0323" * 40,
    "\n\n\n```\n> quote\n• :smile: :+1:",
)


@dataclass(slots=True)
class Told:
    """A message, and the ticket of its writer that it belongs to: 0 the first, 1 the second.

    None: to no ticket in particular. It may stand in any of the threads, or in none.
    """

    text: str
    ticket: int | None
    sid: str
    pause: float = 0.0  # seconds after the one before
    copies: int = 1  # delivered this often at once
    photo: bytes | None = None
    thread: int = 0  # by mail: which of its writer's threads it belongs to
    begun_at: float | None = None  # Unix time of the first attempt; None: not written
    acknowledged_at: float | None = None  # None: nobody ever said it was accepted


@dataclass(slots=True)
class Citizen:
    channel: Channel
    address: str  # on it: a phone number, a user's id
    name: str
    kind: Kind
    messages: list[Told]
    later: Told | None  # what they write once their ticket is resolved
    arrives: float  # seconds after the beginning
    resolved: bool = False  # a colleague was told that it is
    habit: Habit = Habit.READS
    order: str = ""  # that their first message is about
    answers: list[Told] = field(default_factory=list)  # what they wrote because the desk had written

    @property
    def patient(self) -> bool:
        """Whether they send again until they are acknowledged."""
        return self.kind is not Kind.IMPATIENT

    @property
    def unheard(self) -> bool:
        """Whether they wrote, have no answer, and will not write again."""
        return not self.patient and any(each.begun_at and not each.acknowledged_at for each in self.messages)

    @property
    def readable(self) -> bool:
        """Whether their words stand in Slack exactly as they wrote them."""
        return self.kind not in (Kind.HOSTILE, Kind.GREETS)

    def written(self) -> list[Told]:
        """Everything they tried to say."""
        said = (*self.messages, *([self.later] if self.later else []), *self.answers)
        return [each for each in said if each.begun_at is not None]

    def threads(self, filed: frozenset[str]) -> list[list[str]]:
        """What must stand in the threads of their tickets, given the texts that were filed.

        Sorted: who dies in between may change which ticket comes first.
        """
        held = [each for each in self.written() if each.ticket is not None and each.text in filed]
        tickets = {each.ticket for each in held}
        return sorted(sorted(each.text for each in held if each.ticket == ticket) for ticket in tickets)


@dataclass(slots=True)
class Town:
    """Everybody, and how far they have come."""

    citizens: Sequence[Citizen]
    done: int = 0  # messages that nobody sends any more: acknowledged, or given up
    by_text: dict[str, Citizen] = field(default_factory=dict)  # of texts that only one customer writes
    planned: int = field(init=False)
    _tickets: int = field(init=False)

    def __post_init__(self) -> None:
        self.planned = sum(len(citizen.messages) for citizen in self.citizens)
        self._tickets = sum(len({each.ticket for each in citizen.messages} - {None}) for citizen in self.citizens)
        for citizen in self.citizens:
            for told in (*citizen.messages, *([citizen.later] if citizen.later else [])):
                if told.ticket is not None:
                    self.by_text[told.text] = citizen

    @property
    def tickets(self) -> int:
        """That these messages make. Whoever wrote once and was not answered is not counted: they may have made none."""
        return self._tickets - sum(citizen.unheard for citizen in self.citizens)

    def written(self) -> Iterator[tuple[Citizen, Told]]:
        for citizen in self.citizens:
            for told in citizen.written():
                yield citizen, told


def town(
    dice: random.Random, messages: int, seconds: float, *, first: int = 0, only: Collection[Kind] = frozenset(Kind)
) -> Town:
    """Customers with at least so many messages, who arrive within `seconds`. The same dice, the same town.

    `first` numbers the first of them, so that two towns share nobody; `only` these kinds of them live there.
    """
    orders = (str(number) for number in count(500_000 + 10 * first))
    kinds = [each for each in _SHARES if each in only]
    shares = [_SHARES[each] for each in kinds]
    citizens: list[Citizen] = []
    left = messages
    while left > 0:
        kind = dice.choices(kinds, shares)[0]
        citizens.append(_citizen(first + len(citizens), kind, orders, dice, dice.uniform(0, seconds)))
        left -= len(citizens[-1].messages)
    return Town(sorted(citizens, key=lambda citizen: citizen.arrives))


def _citizen(index: int, kind: Kind, orders: Iterator[str], dice: random.Random, arrives: float) -> Citizen:
    order, other = next(orders), next(orders)

    channel = _channel(kind, dice)
    by_mail = channel is Channel.EMAIL

    def told(text: str, ticket: int | None = 0) -> Told:
        # Seconds pass between two messages of one customer, or next to nothing.
        pause, copies = dice.choice([0.05, 0.4, 2.0]), 3 if kind is Kind.STUTTERS else 1
        photo = _photo(dice) if kind is Kind.PHOTOGRAPHS else None
        thread = 1 if by_mail and kind is Kind.TWO_ISSUES and ticket == 1 else 0
        return Told(text, ticket, f"SM{dice.getrandbits(128):032x}", pause, copies, photo, thread)

    broken = f"My mug from order {order} arrived broken, I want a refund."
    messages = {
        Kind.ASKS_AGAIN: [broken, f"Any news about the refund for order {order}?"],
        Kind.TWO_ISSUES: [broken, f"I was charged twice for order {other}."],
        Kind.BURST: ["Hi there!", broken, f"Please hurry, I need the refund for order {order}."],
        Kind.GREETS: ["Hello! Good morning :)"],
        Kind.PHOTOGRAPHS: [broken, "Another photo." if by_mail else ""],
        Kind.HOSTILE: [broken + dice.choice(_HOSTILE)],
    }.get(kind, [broken])
    later = {Kind.THANKS: f"thanks! {order}", Kind.COMES_BACK: f"The mug from order {order} is still broken!"}.get(kind)
    return Citizen(
        channel,
        _address(channel, index),
        f"Citizen {index}",
        kind,
        [told(text, _ticket(kind, at)) for at, text in enumerate(messages)],
        told(later) if later else None,
        arrives,
        habit=dice.choices(list(_HABITS), list(_HABITS.values()))[0] if by_mail else Habit.READS,
        order=order,
    )


def _channel(kind: Kind, dice: random.Random) -> Channel:
    if kind not in _NOT_BY_MAIL and dice.random() < _BY_MAIL:
        return Channel.EMAIL
    return Channel.TELEGRAM if kind not in _ONLY_WHATSAPP and dice.random() < _ON_TELEGRAM else Channel.WHATSAPP


def _address(channel: Channel, index: int) -> str:
    match channel:
        case Channel.EMAIL:
            return f"citizen{index}@home.example"
        case Channel.TELEGRAM:
            return str(7_000_000_000 + index)
        case Channel.WHATSAPP:
            return f"+4917{index:08d}"


def _ticket(kind: Kind, at: int) -> int | None:
    if kind is Kind.GREETS or (kind is Kind.BURST and at == 0) or (kind is Kind.PHOTOGRAPHS and at == 1):
        return None
    return at if kind is Kind.TWO_ISSUES else 0


def _photo(dice: random.Random) -> bytes:
    """A picture of its own, so that no two are the same file."""
    into = io.BytesIO()
    colour = (dice.randrange(256), dice.randrange(256), dice.randrange(256))
    size = (dice.randrange(40, 400), dice.randrange(40, 400))
    Image.new("RGB", size, colour).save(into, "PNG")
    return into.getvalue()
