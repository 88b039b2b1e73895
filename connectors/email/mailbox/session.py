"""One connection to a mail server: the only I/O of the mailbox, blocking, for one thread. Any trouble ends its use.

Everything raises leaves of ChannelError. Whatever happened, the folder is as it was: it is opened for reading only.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from connectors.email.config import ImapServer
from connectors.email.mailbox.failures import refused_folder, refused_login, trouble
from connectors.email.mailbox.notes import MOST_HEADERS
from connectors.email.mailbox.position import Folder
from connectors.email.oauth import AccessTokens
from core.errors import AccountRefused, ChannelError

_DELETED = rb"\deleted"
_CONNECTING = 15.0  # seconds for a connection, and for the greeting


@dataclass(frozen=True, slots=True)
class Listed:
    """What the server says of a mail before it is fetched."""

    uid: int
    size: int  # bytes; some servers only guess
    arrived: datetime | None  # aware
    deleted: bool  # only waits to be removed


class Session:
    """Connects and logs in at once. `given_up`: whoever wanted it has gone, so it ends as soon as it can."""

    def __init__(
        self, server: ImapServer, address: str, given_up: threading.Event, tokens: AccessTokens | None = None
    ) -> None:
        self.address = address
        self._tokens = tokens or (AccessTokens(server.oauth) if server.oauth else None)
        self.at = f"{server.host}:{server.port}"
        with self._talking():
            self._client = _connected(server)
            self._client.normalise_times = False  # dates with their zones
        try:
            self._log_in(server)
            with self._talking():
                self.idles = self._client.has_capability("IDLE")
                self._introduce()
        except ChannelError:
            self.close()
            raise
        if given_up.is_set():
            self.cut()

    def cut(self) -> None:
        """End the connection, also from another thread: whatever waits for the server then fails at once."""
        with suppress(OSError, AttributeError):
            # The plain one of both: a TLS socket would first want to say goodbye, to a server that may not listen.
            socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)

    def close(self) -> None:
        """Without a goodbye: the server may not be there to answer it."""
        self.cut()
        with suppress(Exception):
            self._client.shutdown()

    def examine(self, folder: str) -> Folder:
        """Open the folder for reading, with what lies there now. Raises AccountRefused where there is none."""
        with self._talking():
            try:
                said = self._client.select_folder(folder, readonly=True)
            except IMAPClientError as error:
                raise refused_folder(error, self.at, folder, self.address) from error
            following = said.get(b"UIDNEXT") or self._client.folder_status(folder, ["UIDNEXT"]).get(b"UIDNEXT")
        if not following or not said.get(b"UIDVALIDITY"):
            raise AccountRefused(f"{self.at} does not number the mails of {folder!r}: it cannot be read reliably.")
        return Folder(int(said[b"UIDVALIDITY"]), int(following), int(said.get(b"EXISTS", 0)))

    def search(self, low: int, high: int | None, since: datetime | None) -> list[int]:
        """UIDs of mails from `low` to `high` (None: to the newest), lowest first; `since` counts whole days."""
        criteria: list[Any] = ["UID", f"{low}:{'*' if high is None else high}", "UNDELETED"]
        if since is not None:
            # The day is that of the server's zone, whatever that is.
            criteria += ["SINCE", (since - timedelta(days=1)).date()]
        with self._talking():
            found = self._client.search(criteria)
            # "7:*" means the newest one where all are older.
            return sorted({int(uid) for uid in found if low <= int(uid) and (high is None or int(uid) <= high)})

    def listed(self, uids: Sequence[int]) -> Mapping[int, Listed]:
        """Of those that the server still has."""
        with self._talking():
            told = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE", "FLAGS"])
            return {uid: _listed(uid, said) for uid, said in told.items() if isinstance(said.get(b"RFC822.SIZE"), int)}

    def mails(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """Whole mails. One that the server does not give is left out."""
        return self._fetched(uids, "BODY.PEEK[]", b"BODY[]")

    def headers(self, uids: Sequence[int]) -> Mapping[int, bytes]:
        """Their header blocks, cut where they are very long."""
        return self._fetched(uids, f"BODY.PEEK[HEADER]<0.{MOST_HEADERS}>", b"BODY[HEADER]")

    def wait(self, seconds: float) -> bool:
        """Until the server tells of a new mail, at the longest so long. False: it refused, and this is to be closed."""
        deadline = time.monotonic() + seconds
        with self._talking():
            try:
                self._client.idle()
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                return False  # or it said something else first: what it waits for now is not known
            while (left := deadline - time.monotonic()) > 0:
                told = self._client.idle_check(timeout=left)
                # Nothing, before the time is over: the connection ended, which idle_done meets, too.
                if not told or any(_is_news(each) for each in told):
                    break
            self._client.idle_done()
        return True

    def _fetched(self, uids: Sequence[int], what: str, key: bytes) -> Mapping[int, bytes]:
        if not uids:
            return {}
        with self._talking():
            told = self._client.fetch(uids, [what])
            # Not all servers repeat the part of it ("<0>") that was asked for.
            parts = [(uid, each) for uid, said in told.items() for name, each in said.items() if name.startswith(key)]
            return {uid: part for uid, part in parts if isinstance(part, bytes) and part}

    def _log_in(self, server: ImapServer) -> None:
        client = self._client
        token = self._tokens.current() if self._tokens else ""
        # LOGIN knows neither letters beyond ASCII nor users with blanks.
        way: Callable[[str, str], Any] = client.login
        try:
            if token:
                way = client.oauth2_login
            elif client.has_capability("AUTH=PLAIN"):
                way = client.plain_login
            way(server.user, token or server.password)
        except Exception as error:
            if self._tokens:
                self._tokens.forget()
            # Not from it: what was sent is in its traceback.
            raise refused_login(error, self.at, server.user) from None

    def _introduce(self) -> None:
        """Some providers show a mailbox only to programs that say what they are."""
        if self._client.has_capability("ID"):
            with suppress(IMAPClientError):  # a lost connection is met by whatever comes next
                self._client.id_({"name": "Threadline"})

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            yield
        except ChannelError:
            raise
        except Exception as error:  # a server's garbage makes the library raise anything
            raise trouble(error, self.at) from error


def _connected(server: ImapServer) -> IMAPClient:
    context = None if server.tls == "none" else ssl.create_default_context()
    if context is not None and server.ca_file is not None:
        context.load_verify_locations(cafile=server.ca_file)
    client = IMAPClient(
        server.host,
        server.port,
        ssl=server.tls == "tls",
        ssl_context=context,
        timeout=SocketTimeout(connect=min(_CONNECTING, server.timeout), read=server.timeout),
    )
    if server.tls == "starttls":
        try:
            client.starttls(context)
        except BaseException:
            with suppress(Exception):
                client.shutdown()
            raise
    return client


def _listed(uid: int, said: Mapping[bytes, Any]) -> Listed:
    arrived = said.get(b"INTERNALDATE")
    flags = said.get(b"FLAGS")
    deleted = isinstance(flags, tuple) and any(isinstance(each, bytes) and each.lower() == _DELETED for each in flags)
    return Listed(uid, said[b"RFC822.SIZE"], arrived if isinstance(arrived, datetime) else None, deleted)


def _is_news(told: Any) -> bool:
    return isinstance(told, tuple) and any(each in (b"EXISTS", b"BYE") for each in told)
