"""What the e-mail channel needs to know. Read from the settings by `app`; nothing here looks at the environment.

Raises ValueError for values that can never work, so that a start fails instead of the first mail, and never shows a
password in it.
"""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from connectors.email import limits

Encryption: TypeAlias = Literal["tls", "starttls", "none"]
First: TypeAlias = Literal["new", "all"] | int

_LONGEST_ADDRESS = 254  # letters, says RFC 5321
_SHORTEST_SECRET = 16  # bytes, as reply_address wants it
_LONGEST_POLL = 1500  # seconds: a server ends a connection that says nothing for 29 minutes
_LONGEST_TIMEOUT = 600  # seconds
_SMALLEST_CAP = 64 * 2**10  # bytes: a header block has room


@dataclass(frozen=True, slots=True)
class OAuth:
    """How to get an access token, where a provider takes no passwords. Of a program's own right, or somebody's."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)  # what somebody allowed; empty: the program's own right
    scope: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.token_url)
        if not parts.hostname or (parts.scheme != "https" and not _is_this_machine(parts.hostname)):
            raise ValueError("the token_url is an https address")
        if not self.client_id or not (self.client_secret or self.refresh_token):
            raise ValueError("OAuth needs a client_id, and a client_secret or a refresh_token")


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where a mailbox is read."""

    host: str
    user: str
    password: str = field(default="", repr=False)
    port: int = 993
    tls: Encryption = "tls"
    folders: tuple[str, ...] = ("INBOX",)
    # What is taken of the mails that lie there at the very first look: none, all, or those of the last so many days.
    first: First = "new"
    timeout: float = 30.0  # seconds without a byte after which the server is given up
    poll: float = 60.0  # seconds after which we look, although the server told of nothing
    ca_file: str | None = None  # certificates to trust besides the system's, as PEM
    insecure: bool = False  # without TLS, although the server is on another machine
    oauth: OAuth | None = None  # in place of the password

    def __post_init__(self) -> None:
        _check("IMAP", self)
        if not self.user or bool(self.password) == bool(self.oauth):
            raise ValueError("IMAP needs a user, and a password or OAuth")
        if not self.folders or not all(self.folders) or len(set(self.folders)) < len(self.folders):
            raise ValueError("IMAP needs at least one folder, and each only once")
        if isinstance(self.first, str) and self.first not in ("new", "all"):
            raise ValueError('of the mails that lie there at first is taken: "new", "all", or a number of days')
        if isinstance(self.first, int) and not 0 < self.first <= 36_500:
            raise ValueError("the days whose mails are taken at first are 1 or more")
        if not 0 < self.poll <= _LONGEST_POLL:
            raise ValueError(f"between two looks into a mailbox are up to {_LONGEST_POLL} seconds")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over to be sent."""

    host: str
    user: str = ""  # empty: it takes mail from this machine without a login
    password: str = field(default="", repr=False)
    port: int = 587
    tls: Encryption = "starttls"
    timeout: float = 30.0  # seconds for one answer
    ca_file: str | None = None
    insecure: bool = False
    oauth: OAuth | None = None  # in place of the password

    def __post_init__(self) -> None:
        _check("SMTP", self)
        if bool(self.user) != (bool(self.password) != bool(self.oauth)):
            raise ValueError("SMTP needs both a user and a password (or OAuth), or neither")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address that customers write to: an account of the channel."""

    address: str
    name: str = ""  # what stands before the address in mails from it
    imap: ImapServer | None = None  # None: its mail comes in another way
    smtp: SmtpServer | None = None  # None: it is read only
    signature: str = ""  # below what is sent from it, as plain text

    def __post_init__(self) -> None:
        local, at, domain = self.address.rpartition("@")
        clean = self.address.isascii() and self.address.isprintable() and not set(self.address) & set(' <>,;:"()[]\\')
        if not (at and local and domain and "@" not in local and clean):
            raise ValueError(f"not an address that mail can be sent to: {self.address!r}")
        if len(self.address) > _LONGEST_ADDRESS:
            raise ValueError(f"an address has at most {_LONGEST_ADDRESS} letters")
        if not self.name.isprintable():
            raise ValueError("the name of a mailbox stands on one line")


@dataclass(frozen=True, slots=True)
class EmailConfig:
    """All mailboxes of the desk."""

    mailboxes: tuple[Mailbox, ...]
    reply_secret: bytes = field(repr=False)  # signs reply addresses
    authserv_id: str | None = None  # the name under which our mail server writes Authentication-Results
    aliases: frozenset[str] = frozenset()  # other addresses whose mail lands in the mailboxes
    lists: frozenset[str] = frozenset()  # List-Ids of groups through which customers write
    largest: int = limits.RAW  # bytes: of a larger mail only the headers are taken, and that it was too large
    listener: "Listener | None" = None  # None: nobody brings us mail by SMTP

    def __post_init__(self) -> None:
        if not self.mailboxes:
            raise ValueError("e-mail needs at least one mailbox")
        addresses = [mailbox.address.lower() for mailbox in self.mailboxes]
        if len(set(addresses)) < len(addresses):
            raise ValueError("each mailbox has an address of its own")
        if len(self.reply_secret) < _SHORTEST_SECRET:
            raise ValueError(f"the secret of reply addresses has {_SHORTEST_SECRET} bytes or more")
        if not _SMALLEST_CAP <= self.largest <= limits.RAW:
            raise ValueError(f"the largest mail is between {_SMALLEST_CAP} and {limits.RAW} bytes")


@dataclass(frozen=True, slots=True)
class Listener:
    """Where we take mail by SMTP ourselves, for desks to which another mail server forwards."""

    host: str  # the address of ours that it listens at, e.g. "127.0.0.1", or "" for all
    name: str  # what we call ourselves, e.g. "desk.shop.example"
    port: int = 25
    certificate: str | None = None  # PEM files; without one mail comes in unencrypted
    key: str | None = None  # None: it is in the same file
    # Networks of the servers that forward to us, e.g. "10.0.0.0/24": what they say of a sender is believed.
    relays: tuple[str, ...] = ()
    largest: int = limits.RAW  # bytes of a mail
    idle: float = 60.0  # seconds for the next command, after which a client is left
    reading: float = 300.0  # seconds for a whole mail
    storing: float = 30.0  # seconds, after which the client is told to come again

    def __post_init__(self) -> None:
        if not 0 <= self.port < 65536:
            raise ValueError("the port for incoming mail is between 1 and 65535, or 0 for any")
        if not self.name.isprintable() or not self.name or " " in self.name:
            raise ValueError("who listens for mail has a name, e.g. desk.shop.example")
        if not 0 < self.largest <= limits.RAW:
            raise ValueError(f"the largest mail is at most {limits.RAW} bytes")
        if min(self.idle, self.reading, self.storing) <= 0:
            raise ValueError("the times for incoming mail are positive numbers of seconds")
        for relay in self.relays:
            try:
                ip_network(relay)
            except ValueError:
                raise ValueError(
                    f"not a network: {relay!r}; write 10.0.0.0/24, or 10.0.0.7/32 for one server"
                ) from None


def _check(what: str, server: ImapServer | SmtpServer) -> None:
    if not server.host or not server.host.isprintable() or " " in server.host:
        raise ValueError(f"{what} needs the name of a server")
    if not 0 < server.port < 65536:
        raise ValueError(f"the {what} port is between 1 and 65535")
    if server.tls not in ("tls", "starttls", "none"):
        raise ValueError(f"{what} is encrypted by tls or starttls, or not (none)")
    if server.tls == "none" and not server.insecure and not _is_this_machine(server.host):
        raise ValueError(f"{what} to {server.host} would show the password to everybody on the way: use TLS")
    if not 0 < server.timeout <= _LONGEST_TIMEOUT:
        raise ValueError(f"the {what} timeout is up to {_LONGEST_TIMEOUT} seconds")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
