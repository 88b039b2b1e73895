"""Every message of the account, in memory, and when each customer last wrote. Sends nothing."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from emulators.twilio.messages import Message
from emulators.twilio.refusals import failure_message
from emulators.twilio.setup import Clock

REPLY_WINDOW = timedelta(hours=24)

# True for a message that was sent when somebody asks for it.
SentFilter = Callable[[datetime], bool]


class Ledger:
    def __init__(self, clock: Clock) -> None:
        self.messages: dict[str, Message] = {}
        self._clock = clock
        self._heard: dict[tuple[str, str], datetime] = {}

    def file(self, message: Message) -> Message:
        self.messages[message.sid] = message
        if message.direction == "inbound":
            self._heard[(message.sender, message.to)] = message.created_at
        return message

    def window_open(self, *, customer: str, sender: str) -> bool:
        """Whether free text may go from `sender` to `customer` now: the customer wrote within 24 hours."""
        heard = self._heard.get((customer, sender))
        return heard is not None and self._clock() - heard <= REPLY_WINDOW

    def advance(self, message: Message, status: str, error: int | None = None) -> None:
        """Put the message in its next status, now. `error` is the code of a failure."""
        message.status, message.updated_at = status, self._clock()
        if message.sent_at is None and status == "sent":
            message.sent_at = message.updated_at
        if error is not None:
            message.error_code, message.error_message = error, failure_message(error)

    def matching(self, *, to: str, sender: str, sent: SentFilter | None) -> Iterator[Message]:
        """Newest first. Blank addresses match all; a message not sent yet matches no filter by date."""
        for message in reversed(self.messages.values()):
            if to and message.to != to:
                continue
            if sender and message.sender != sender:
                continue
            if sent is None or (message.sent_at is not None and sent(message.sent_at)):
                yield message


def sent_filter(params: dict[str, str]) -> SentFilter | None:
    """The meaning of `DateSent`, `DateSent>` and `DateSent<` (both inclusive), to the second, in UTC.

    A bare date means that day: its start for `>`, its end for `<`. Raises ValueError for what is no date.
    """
    after, before = params.get("DateSent>", ""), params.get("DateSent<", "")
    on = params.get("DateSent", "")[:10]  # a day, even when a time is given
    start = max((_start(text) for text in (after, on) if text), default=datetime.min.replace(tzinfo=UTC))
    end = min((_end(text) for text in (before, on) if text), default=datetime.max.replace(tzinfo=UTC))
    if not (after or before or on):
        return None
    return lambda sent_at: start <= sent_at.replace(microsecond=0) <= end


def _start(text: str) -> datetime:
    if len(text) == 10:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _end(text: str) -> datetime:
    return _start(text) + timedelta(days=1, seconds=-1) if len(text) == 10 else _start(text)
