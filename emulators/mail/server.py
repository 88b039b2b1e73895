"""A mail server as a shop's provider runs one: it takes what we send, remembers it, and brings it where it belongs."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from emulators.mail.bounces import bounce
from emulators.mail.faults import MailFaults
from emulators.mail.mails import TakenMail, delivered
from emulators.mail.people import MailCustomer
from emulators.mail.routes import Deliver, RefusedForGood
from emulators.mail.writing import Mailer
from emulators.waiting import until

if TYPE_CHECKING:
    from emulators.mail.session import MailSession


class MailServer:
    """Without `users` it takes mail from everybody; else from who logs in as one of them (name to password).

    `authserv_id` is the name under which it says whether the domain of a sender stands behind a mail: those in
    `vouched` do. `largest` is in bytes. `clock` says when a mail was written.
    """

    def __init__(
        self,
        *,
        users: Mapping[str, str] | None = None,
        largest: int = 30 * 2**20,
        international: bool = True,
        authserv_id: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.clock = clock
        self.customers: list[MailCustomer] = []
        self.users = dict(users or {})
        self.largest = largest
        self.international = international
        self.authserv_id = authserv_id
        self.vouched: set[str] = set()
        self.faults = MailFaults()
        self.mails: list[TakenMail] = []  # in the order in which it took them
        self.connections = 0  # that clients have made so far
        self.sessions: set[MailSession] = set()  # that are open now
        self.retries: tuple[float, ...] = (0.05, 0.5, 2.0)  # seconds after which a route is tried again
        self.undelivered: list[tuple[str, str]] = []  # recipients, and why a route did not take their mail
        self.refused: dict[str, str] = {}
        self.host, self.port = "127.0.0.1", 0
        self._routes: dict[str, Deliver] = {}
        self._bouncing: dict[str, tuple[str, str]] = {}
        self._delivering: set[asyncio.Task[str | None]] = set()

    def refuse(self, address: str, answer: str = "550 5.1.1 No such user here") -> None:
        """From now on mail to this address is refused with this answer."""
        self.refused[address.lower()] = answer

    def bounce(self, address: str, status: str = "5.1.1", words: str = "No such user here") -> None:
        """From now on mail to this address is taken, and comes back to its sender as undelivered."""
        self._bouncing[address.lower()] = (status, words)

    def bounces(self, address: str) -> bool:
        return address.lower() in self._bouncing

    def bounce_no_more(self, address: str) -> None:
        self._bouncing.pop(address.lower(), None)

    def customer(self, address: str, *, name: str, mailer: Mailer = Mailer.GMAIL, proven: bool = True) -> MailCustomer:
        """Somebody with a mailbox here. `proven`: their domain stands behind what they write."""
        customer = MailCustomer(self, address, name, mailer)
        self.customers.append(customer)
        self.bring(address, customer.receive)
        if proven:
            self.vouched.add(address.rpartition("@")[2].lower())
        return customer

    def bring(self, address: str, deliver: Deliver) -> None:
        """Mail to this address (also with +… in it), or to this domain ("@shop.example"), is brought there."""
        self._routes[address.lower()] = deliver

    def to(self, address: str) -> list[TakenMail]:
        """What it took for this recipient."""
        return [mail for mail in self.mails if address.lower() in (each.lower() for each in mail.recipients)]

    async def taken(self, number: int) -> list[TakenMail]:
        """Wait until it has taken so many mails. Raises NeverCame."""
        await until(lambda: len(self.mails) >= number, f"{number} mails")
        return self.mails

    async def settled(self) -> None:
        """Wait until all that it took has been brought where it belongs."""
        while self._delivering:
            await asyncio.wait(self._delivering)

    def hang_up(self) -> None:
        """End all connections, as servers do with those that are idle for long."""
        for session in self.sessions:
            if session.transport is not None:
                session.transport.close()

    def take(self, mail: TakenMail) -> None:
        """As if a client had handed it over."""
        self._bring_away(mail)

    async def carried(self, mail: TakenMail) -> list[str]:
        """The same; returns when it has been brought where it belongs, with why it could not be where it could not."""
        return [why for why in await asyncio.gather(*self._bring_away(mail)) if why is not None]

    def _bring_away(self, mail: TakenMail) -> list[asyncio.Task[str | None]]:
        self.mails.append(mail)
        tasks = [asyncio.get_running_loop().create_task(self._deliver(mail, each)) for each in mail.recipients]
        for task in tasks:
            self._delivering.add(task)
            task.add_done_callback(self._delivering.discard)
        return tasks

    async def close(self) -> None:
        for task in list(self._delivering):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _deliver(self, mail: TakenMail, recipient: str) -> str | None:
        """Why it could not be; None: it was, or nobody is to have it."""
        if (failure := self._bouncing.get(recipient.lower())) is not None:
            if mail.sender:  # one without a sender is lost: bounces of bounces would never end
                self.take(bounce(mail, recipient, *failure))
            return None
        if (deliver := self._route(recipient.lower())) is None:
            return None
        content = delivered(mail, recipient, authserv_id=self.authserv_id, vouched=sorted(self.vouched))
        for pause in (*self.retries, 0.0):
            try:
                await deliver(mail.sender, recipient, content)
            except Exception as error:
                failed = str(error)
                if isinstance(error, RefusedForGood):
                    break
                await asyncio.sleep(pause)
            else:
                return None
        self.undelivered.append((recipient, failed))
        return failed

    def _route(self, recipient: str) -> Deliver | None:
        local, _, domain = recipient.rpartition("@")
        for name in (recipient, f"{local.partition('+')[0]}@{domain}", f"@{domain}"):
            if name in self._routes:
                return self._routes[name]
        return None
