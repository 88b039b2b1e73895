"""The port that mail comes in by: who may come in at once, and what becomes of a mail that was read."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import TypeAlias

import structlog

from connectors.contract import FetchedEvent
from connectors.email.config import Listener
from connectors.email.judging.ours import Ours
from connectors.email.listening.event import event
from connectors.email.listening.memory import Memory
from connectors.email.listening.session import MailSession

# Stores an event. It has done so for good when it returns; whatever it raises says that it has not.
Accept: TypeAlias = Callable[[FetchedEvent], Awaitable[object]]

_MOST, _MOST_OF_ONE = 100, 25  # connections at once; those of one address leave room for others
_LEAVING = 5.0  # seconds for mails that are being read when the door closes

log = structlog.get_logger()


class Door:
    """An open port. `ours` says which recipients are let in; mail to none of `accounts` is for the first of them."""

    def __init__(self, listener: Listener, ours: Ours, accounts: Sequence[str], accept: Accept) -> None:
        self.listener = listener
        self.ours = ours
        self.port = listener.port
        self._accounts = tuple(accounts)
        self._accept = accept
        self._relays = [ip_network(each) for each in listener.relays]
        self._inside: dict[MailSession, str] = {}
        self._of_each: Counter[str] = Counter()
        self._empty = asyncio.Event()  # nobody is inside
        self._empty.set()
        self.memory = Memory(listener.largest)
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Raises OSError: the port is taken, or not ours to take."""
        listener, loop = self.listener, asyncio.get_running_loop()
        tls = _context(listener)

        def session() -> MailSession:
            return MailSession(
                self,
                hostname=listener.name,
                ident="ESMTP",
                data_size_limit=listener.largest,
                enable_SMTPUTF8=True,
                tls_context=tls,
                loop=loop,
            )

        self._server = await loop.create_server(session, listener.host, listener.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Take no more. Mails that are being stored are answered; the others come again. Safe to repeat."""
        if self._server is None:
            return
        self._server.close()
        for session in list(self._inside):
            session.leave_soon()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._empty.wait(), _LEAVING)
        for session in list(self._inside):
            session.end()
        await self._server.wait_closed()
        self._server = None

    def enter(self, session: MailSession, peer: str) -> bool:
        """Whether there is room for one more connection from there."""
        if len(self._inside) >= _MOST or self._of_each[peer] >= _MOST_OF_ONE:
            return False
        self._inside[session] = peer
        self._empty.clear()
        self._of_each[peer] += 1
        return True

    def leave(self, session: MailSession, peer: str) -> None:
        """It is gone."""
        if self._inside.pop(session, None) is not None:
            self._of_each[peer] -= 1
            if not self._of_each[peer]:
                del self._of_each[peer]
            if not self._inside:
                self._empty.set()

    async def take(self, mail: bytes, sender: str, recipients: Sequence[str], *, peer: str) -> str:
        """Store the mail, and what to answer: 250 only once it is."""
        account = self._account(recipients)
        # A relay of ours has checked who wrote it; whoever else comes by here can have written that line himself.
        checked = None if self.is_relay(peer) else self.ours.authserv_id
        found = event(mail, account=account, sender=sender, recipients=recipients, authserv_id=checked)
        try:
            await asyncio.wait_for(self._accept(found), self.listener.storing)
        except Exception as error:  # whatever it is, the mail is not stored, and the client comes again
            log.warning("mail_not_stored", error=repr(error)[:300])
            return "451 4.3.0 It could not be stored now: try again later"
        return "250 2.0.0 OK: stored"

    def _account(self, recipients: Sequence[str]) -> str:
        """The mailbox of the first recipient that is one: another is an address that leads to us all the same."""
        closest = sorted(self._accounts, key=len, reverse=True)  # shop+eu@ is a mailbox of its own beside shop@
        found = (each for address in recipients for each in closest if Ours(frozenset((each,))).owns(address))
        return next(found, self._accounts[0])

    def is_relay(self, peer: str) -> bool:
        """Whether it is a server that forwards to us."""
        try:
            address = ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in network for network in self._relays)


async def listen(listener: Listener, ours: Ours, accounts: Sequence[str], accept: Accept) -> Door:
    """Open the door in the running loop, for the mailboxes `accounts`; `close` it at the end.

    Raises OSError: the port cannot be taken.
    """
    door = Door(listener, ours, accounts, accept)
    await door.open()
    return door


def _context(listener: Listener) -> ssl.SSLContext | None:
    if listener.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(listener.certificate, listener.key)
    return context
