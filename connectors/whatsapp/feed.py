"""Looks for messages and reports that Twilio could not post to us: it tries for 15 seconds, an outage lasts longer.

Each look lists what was sent since the last one, with an overlap, and hands over what it has not handed over before.
Most of that has come by webhook, too, and vanishes by its key.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from connectors.contract import Fetched, FetchedEvent
from connectors.whatsapp.config import WhatsAppConfig
from connectors.whatsapp.missed import Listed, event_key, event_of
from connectors.whatsapp.questions import TwilioQuestions

PAUSE = 120.0  # seconds
# Reports change messages that were listed before; the list's dates are whole seconds; and it may lag behind.
OVERLAP = timedelta(minutes=10)
# Without a cursor: what came before Threadline was set up is nobody's loss.
FIRST = timedelta(hours=1)
# After a long outage it is read hour by hour, so that one look never holds a day.
STEP = timedelta(hours=1)
ENOUGH = 500  # events of one look
# Twilio tries to post for 15 seconds, and what it posts says more than its list: that goes first.
SETTLED = timedelta(minutes=1)


class MissedEvents:
    """The look and what it remembers. The cursor is `<date of the newest message>/<number of the look>`."""

    def __init__(
        self, config: WhatsAppConfig, twilio: TwilioQuestions, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._config = config
        self._twilio = twilio
        self._clock = clock
        self._looks = 0
        self._handed: frozenset[str] = frozenset()  # keys that are stored, of those that may be listed again
        self._pending: tuple[str, frozenset[str]] = ("", frozenset())  # … once this cursor comes back

    async def fetch_events(self, cursor: str | None) -> Fetched:
        """As `Feed.fetch_events`."""
        if cursor is not None and cursor == self._pending[0]:
            self._handed = self._pending[1]
        now = self._clock()
        listed, until = await self._since(_date(cursor), now)
        found = [message for message in listed if message.sent_at is None or message.sent_at <= now - SETTLED]
        events = [await self._event(message) for message in found if event_key(message) not in self._handed]
        self._looks += 1
        following = f"{until.isoformat()}/{self._looks}"
        self._pending = (following, frozenset(event_key(message) for message in found))
        return Fetched(events, following)

    async def _since(self, seen: datetime | None, now: datetime) -> tuple[list[Listed], datetime]:
        """What was sent from shortly before `seen`, oldest first; and up to when that is all."""
        start = seen - OVERLAP if seen is not None else now - FIRST
        found: list[Listed] = []
        while now - start > 2 * STEP:
            found += _oldest_first(await self._twilio.messages(start, start + STEP))
            start += STEP
            if len(found) >= ENOUGH:
                return found, start
        newest = _oldest_first(await self._twilio.messages(start, None))
        # In silence the cursor follows at a distance, in case our clock and Twilio's differ.
        dates = [message.sent_at for message in newest if message.sent_at is not None]
        return found + newest, max([start, now - FIRST, *dates])

    async def _event(self, message: Listed) -> FetchedEvent:
        files = await self._twilio.media(message.sid) if message.inbound and message.files else ()
        return event_of(message, files, self._config)


def _oldest_first(newest_first: list[Listed]) -> list[Listed]:
    """Those that matter. Twilio's own order decides among those of one second."""
    known = {message.sid: message for message in reversed(newest_first) if message.matters}
    return sorted(known.values(), key=lambda message: message.sent_at or datetime.max.replace(tzinfo=UTC))


def _date(cursor: str | None) -> datetime | None:
    try:
        date = datetime.fromisoformat((cursor or "").partition("/")[0])
    except ValueError:
        return None
    return date if date.tzinfo is not None else None
