"""Carries an accepted message to the phone and tells the desk how it fared, in the order a script asks for.

The truth (the message's status, the phone's inbox) and what is told are two things: a script that says `["sent"]`
loses the callback about the delivery, not the delivery.
"""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from emulators.chance import Chance
from emulators.twilio.delivery import Delivery, Form, Poster
from emulators.twilio.fetching import fetch
from emulators.twilio.ledger import Ledger
from emulators.twilio.media import File, Shelf
from emulators.twilio.messages import API_VERSION, Message
from emulators.twilio.refusals import failure_message
from emulators.twilio.setup import PREFIX, Setup

OUTSIDE_WINDOW = 63016
INVALID_RECIPIENT = 63024
UNKNOWN_ERROR = 30008
FAILED = frozenset({"failed", "undelivered"})
NATURAL, SHUFFLED = "natural", "shuffled"
PACE = 0.003  # seconds before each callback


@dataclass(frozen=True, slots=True)
class Script:
    order: str | tuple[str, ...] = NATURAL  # "natural", "shuffled", or the very statuses to tell
    copies: int = 1  # of each callback, posted at once
    before_response: bool = False  # all of them are told before the create call is answered
    pace: float = PACE
    error: int | None = None  # why it failed, where `order` says that it did


# What chance does to a message that was accepted.
TROUBLES: Mapping[str, Script] = {
    "callbacks_shuffled": Script(SHUFFLED),
    "callbacks_doubled": Script(copies=2),
    "callbacks_first": Script(before_response=True),
    "outside_window": Script(("failed",), error=OUTSIDE_WINDOW),
    "undelivered": Script(("sent", "undelivered"), error=INVALID_RECIPIENT),
}


class Scripts:
    """Which script the next message follows: one laid out by `next`, else by chance, else the one set by `always`."""

    def __init__(self) -> None:
        self._always = Script()
        self._next: deque[Script] = deque()
        self._chance = Chance(TROUBLES)

    def at_random(self, seed: int, share: float, *, only: Collection[str] | None = None) -> None:
        """From now on this share of the messages meets one of TROUBLES (`only`: of these)."""
        self._chance.at_random(seed, share, only=only)

    def calm(self) -> None:
        self._chance.calm()

    @property
    def happened(self) -> Counter[str]:
        """How often chance did what."""
        return self._chance.happened

    def always(
        self,
        order: str | Sequence[str] = NATURAL,
        *,
        copies: int = 1,
        before_response: bool = False,
        pace: float = PACE,
        error: int | None = None,
    ) -> None:
        """How callbacks come from now on. Raises ValueError for an order that is none."""
        self._always = _script(order, copies, before_response, pace, error)

    def next(
        self,
        order: str | Sequence[str] = NATURAL,
        *,
        copies: int = 1,
        before_response: bool = False,
        pace: float = PACE,
        error: int | None = None,
    ) -> None:
        """How the callbacks of the next accepted message come; may be called ahead for several."""
        self._next.append(_script(order, copies, before_response, pace, error))

    def take(self) -> Script:
        if self._next:
            return self._next.popleft()
        trouble = self._chance.draw()
        return self._always if trouble is None else replace(TROUBLES[trouble], pace=self._always.pace)


def _script(order: str | Sequence[str], copies: int, before_response: bool, pace: float, error: int | None) -> Script:
    if isinstance(order, str) and order not in {NATURAL, SHUFFLED}:
        raise ValueError(f"unknown order of callbacks: {order!r}; give 'natural', 'shuffled' or a list of statuses")
    return Script(order if isinstance(order, str) else tuple(order), copies, before_response, pace, error)


class Courier:
    def __init__(
        self, setup: Setup, ledger: Ledger, poster: Poster, shelf: Shelf, *, arrived: Callable[[Message], None]
    ) -> None:
        self._setup = setup
        self._ledger = ledger
        self._shelf = shelf
        self._poster = poster
        self._arrived = arrived
        self._random = random.Random(0)

    async def carry(self, message: Message, script: Script) -> None:
        """Bring the message to its end and make every callback about it. Returns when the last was answered."""
        if message.messaging_service_sid and not message.sender:
            message.sender = PREFIX + self._setup.services[message.messaging_service_sid].removeprefix(PREFIX)
        fate = self._fate(message, script, await self._collect(message))
        if script.order != NATURAL:
            for status in fate.truth:
                self._happen(message, status, fate.error)
        for status in fate.told:
            await asyncio.sleep(script.pace)
            if script.order == NATURAL or status == "read":
                self._happen(message, status, fate.error)
            await self._tell_copies(message, status, script.copies)

    async def tell(self, message: Message, status: str) -> Delivery | None:
        """One status callback, signed. None if nobody asked for callbacks about this message."""
        if message.status_callback is None:
            return None
        params = tuple(_params(message, status, self._setup.install_sid).items())
        return await self._poster.post(message.status_callback, Form(message.sid, params))

    async def read(self, message: Message) -> None:
        """The customer has looked at it."""
        self._happen(message, "read")
        await self.tell(message, "read")

    async def _tell_copies(self, message: Message, status: str, copies: int) -> None:
        await asyncio.gather(*(self.tell(message, status) for _ in range(copies)))

    async def _collect(self, message: Message) -> int | None:
        """Fetch the file that a message of ours names and keep it with the message. The code of the failure, if any."""
        for url in message.media:
            match await fetch(url):
                case File() as file:
                    self._shelf.keep(self._shelf.new(message.sid, file))
                case failure:
                    return failure
        return None

    def _fate(self, message: Message, script: Script, failure: int | None) -> "_Fate":
        fate = self._likely_fate(message, failure)
        if script.order == SHUFFLED:
            return replace(fate, told=tuple(self._random.sample(fate.truth, len(fate.truth))))
        if not isinstance(script.order, tuple):
            return fate
        if FAILED.intersection(script.order):
            return _Fate(script.order, script.order, script.error or fate.error or UNKNOWN_ERROR)
        return replace(fate, told=script.order)

    def _likely_fate(self, message: Message, failure: int | None) -> "_Fate":
        if not message.template and not self._ledger.window_open(customer=message.to, sender=message.sender):
            return _Fate(("failed",), ("failed",), OUTSIDE_WINDOW)
        if failure is not None:
            return _Fate(("failed",), ("failed",), failure)
        if (code := self._setup.unreachable.get(message.to)) is not None:
            return _Fate(("sent", "undelivered"), ("sent", "undelivered"), code)
        return _Fate(("sent", "delivered"), ("sent", "delivered"), None)

    def _happen(self, message: Message, status: str, error: int | None = None) -> None:
        self._ledger.advance(message, status, error if status in FAILED else None)
        if status == "delivered":
            self._arrived(message)


@dataclass(frozen=True, slots=True)
class _Fate:
    truth: tuple[str, ...]  # the statuses the message goes through
    told: tuple[str, ...]  # the statuses called back about, in this order
    error: int | None


def _params(message: Message, status: str, install_sid: str) -> dict[str, str]:
    """The fields of one callback. Source: twilio.com/docs/messaging/guides/track-outbound-message-status"""
    params = {
        "ChannelToAddress": message.to.removeprefix(PREFIX),
        "ChannelPrefix": "whatsapp",
        "ChannelInstallSid": install_sid,
        "SmsSid": message.sid,
        "SmsStatus": status,
        "MessageSid": message.sid,
        "MessageStatus": status,
        "AccountSid": message.account_sid,
        "From": message.sender,
        "To": message.to,
        "ApiVersion": API_VERSION,
    }
    if message.messaging_service_sid:
        params["MessagingServiceSid"] = message.messaging_service_sid
    if status == "read":
        params["EventType"] = "READ"
    if status in FAILED and message.error_code is not None:
        params["ErrorCode"] = str(message.error_code)
        params["ChannelStatusMessage"] = failure_message(message.error_code)
    return params
