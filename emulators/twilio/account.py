"""One Twilio account: what tests hold in their hands. Joins the parts; the wire is in `api.py`."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any

from emulators.twilio import refusals, sending
from emulators.twilio.callbacks import Courier, Scripts
from emulators.twilio.customer import Customer
from emulators.twilio.delivery import MESSAGE_LOST, REPORT_LOST, Delivery, Poster
from emulators.twilio.faults import Faults
from emulators.twilio.ledger import Ledger
from emulators.twilio.media import Shelf
from emulators.twilio.messages import Message, new_sid
from emulators.twilio.recording import Call
from emulators.twilio.refusals import Refused
from emulators.twilio.senders import Sender
from emulators.twilio.setup import PREFIX, SANDBOX_SENDER, Clock, Setup, address, wall_clock
from emulators.twilio.templates import Template, checked, quick_replies
from emulators.twilio.throttle import Throttle

# WhatsApp senders carry 80 messages a second; beyond that Twilio says 429.
MESSAGES_PER_SECOND = 80


class Account:
    """Give it the desk's webhook URL, serve it with `running(account)`, and write as its customers.

    `templates` are approved ones by ContentSid; `template` makes others.

    `clock` decides about the 24-hour window, dates and limits (aware datetimes); real time passes between callbacks
    and retries all the same. `retry_pause` is in seconds. `faults` says what goes wrong with calls, `callbacks` how
    sent messages fare, `delivery_faults` what goes wrong with what the desk is posted.
    """

    def __init__(
        self,
        *,
        account_sid: str | None = None,
        auth_token: str | None = None,
        webhook_url: str | None = None,
        status_callback_url: str | None = None,
        senders: Sequence[str] = (SANDBOX_SENDER,),
        services: Mapping[str, str] | None = None,
        templates: Mapping[str, str] | None = None,
        limits: bool = True,
        retry_pause: float = 0.0,
        clock: Clock = wall_clock,
    ) -> None:
        self.setup = Setup(
            webhook_url=webhook_url,
            status_callback_url=status_callback_url,
            senders=tuple(address(number).removeprefix(PREFIX) for number in senders),
            services=dict(services or {}),
            limits=limits,
            clock=clock,
        )
        self.setup.account_sid = account_sid or self.setup.account_sid
        self.setup.auth_token = auth_token or self.setup.auth_token
        for sid, body in (templates or {}).items():
            self.template(sid, body, sid=sid)
        # The Senders API's view of each number.
        self.senders = {number: Sender(new_sid("XE"), number, self.setup) for number in self.setup.senders}
        self.url = ""  # where it is served; set by running()
        self.ledger = Ledger(clock)
        self.media = Shelf(self.setup)
        self.faults = Faults()
        self.callbacks = Scripts()
        self.calls: list[Call] = []
        self._poster = Poster(self.setup.auth_token, retry_pause=retry_pause)
        self.delivery_faults = self._poster.faults
        self.losses = self._poster.losses  # apart from those faults: what is lost is found by asking, if at all
        self.courier = Courier(self.setup, self.ledger, self._poster, self.media, arrived=self._arrived)
        self._customers: dict[str, Customer] = {}
        self._throttle = Throttle(per_second=MESSAGES_PER_SECOND, burst=MESSAGES_PER_SECOND)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def account_sid(self) -> str:
        return self.setup.account_sid

    @property
    def auth_token(self) -> str:
        return self.setup.auth_token

    @property
    def webhook_url(self) -> str | None:
        return self.setup.webhook_url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self.setup.webhook_url = url

    def post_via(self, base_url: str | None) -> None:
        """Let everything for the desk pass by this address, as with a proxy or tunnel before it; None: directly."""
        self._poster.via = base_url

    @property
    def sender(self) -> str:
        """The desk's number as a channel address: `whatsapp:+…`."""
        return PREFIX + self.setup.senders[0]

    @property
    def messages(self) -> dict[str, Message]:
        """Every message in and out by SID, oldest first."""
        return self.ledger.messages

    @property
    def deliveries(self) -> list[Delivery]:
        """Every form posted to the desk, customers' messages and status callbacks alike, in order of completion."""
        return self._poster.deliveries

    def customer(self, number: str, name: str = "") -> Customer:
        """The person with this phone; the same one each time. A `name` given later is taken over."""
        key = address(number)
        if key not in self._customers:
            self._customers[key] = Customer(
                key,
                name,
                setup=self.setup,
                ledger=self.ledger,
                shelf=self.media,
                poster=self._poster,
                courier=self.courier,
            )
        if name:
            self._customers[key].name = name
        return self._customers[key]

    @property
    def customers(self) -> list[Customer]:
        """Everybody with a phone so far, in the order they came."""
        return list(self._customers.values())

    def undeliverable(self, number: str, code: int = 63024) -> None:
        """Messages to `number` are accepted, sent, and then `undelivered` with this error."""
        self.setup.unreachable[address(number)] = code

    def opt_out(self, number: str) -> None:
        """This customer wants no more messages: sending is refused with 21610."""
        self.setup.opted_out.add(address(number))

    def calls_of(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    def accept(self, form: sending.Form) -> Message:
        """Take a message for sending and store it. Raises Refused."""
        now = self.setup.clock()
        if self.setup.limits and not self._throttle.admits(now):
            raise Refused(refusals.TOO_MANY_REQUESTS)
        return self.ledger.file(sending.accept(form, self.setup, at=now))

    def forget(self, message: Message) -> None:
        """As `DELETE …/Messages/{sid}.json`: the message and its files."""
        self.ledger.messages.pop(message.sid, None)
        for media in self.media.of(message.sid):
            self.media.delete(media.sid)

    def template(
        self,
        name: str,
        body: str,
        language: str = "en",
        *,
        status: str = "approved",
        buttons: Sequence[str | tuple[str, str]] = (),
        sid: str | None = None,
        **more: Any,
    ) -> Template:
        """A new template, or another one in place of `sid`. `buttons`: labels, or (label, payload), of quick replies.

        `more` are fields of Template: `category`, `why`, `media`, `samples`. Raises ValueError for an unknown status.
        """
        sid, at = sid or new_sid("HX"), self.setup.clock()
        made = Template(sid, self.account_sid, name, body, at, language, status, buttons=quick_replies(buttons), **more)
        self.setup.templates[sid] = checked(made)
        return made

    def drop_webhooks(self, times: int = 1, *, reports: bool = False) -> None:
        """The next `times` messages of customers (`reports`: callbacks) never reach the desk, and nobody comes again.

        `losses.at_random(seed, share)` loses some from now on.
        """
        self.losses.next(REPORT_LOST if reports else MESSAGE_LOST, times=times)

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Return once every callback under way, and those it causes, has been made. A bug in one is raised here."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Drop callbacks under way and let go of the network."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._poster.close()

    async def __aenter__(self) -> "Account":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _arrived(self, message: Message) -> None:
        self.customer(message.to).arrive(message)
