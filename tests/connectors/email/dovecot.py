"""A real IMAP server for tests: Debian's Dovecot, as an ordinary user, with all it has in a folder of its own.

with Dovecot() as dovecot:
    box = dovecot.mailbox()          # of a new user
    box.deliver(b"From: …")
    MailboxFeed("support@shop.example", box.server())
"""

import contextlib
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from imapclient import IMAPClient

from connectors.email.config import ImapServer
from emulators.loopback import free_port
from tests.connectors.email.certificates import certificate

MISSING = "no Dovecot was found, so nothing is tried against a real IMAP server; on Debian: apt install dovecot-imapd"
PASSWORD = "hush"
_STARTING = 20.0  # seconds

_CONF = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_uid = {user}
mail_gid = {group}
mail_location = maildir:{home}/mail/%n
mail_max_userip_connections = 1000
auth_mechanisms = plain login
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.key
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%n
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  # Logins that fail are not slowed down: all are ours.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


def program() -> str | None:
    """Where Dovecot is."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Dovecot:
    """Runs while the block lasts. `port` takes plain connections and STARTTLS, `tls_port` TLS."""

    def __init__(self) -> None:
        self.port, self.tls_port = free_port(), free_port()
        # Dovecot wants an ordinary user for what talks to strangers, and a folder that this one can reach.
        self.user = pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam("nobody")
        self.home = Path(tempfile.mkdtemp(prefix="threadline-dovecot-", dir="/tmp"))
        self.ca_file = self.home / "server.pem"
        self._process: subprocess.Popen[bytes] | None = None
        self._names = 0

    def __enter__(self) -> Self:
        binary = program()
        assert binary is not None, MISSING
        group = grp.getgrgid(self.user.pw_gid).gr_name
        certificate(self.home)
        (self.home / "dovecot.conf").write_text(
            _CONF.format(
                home=self.home,
                user=self.user.pw_name,
                group=group,
                port=self.port,
                tls_port=self.tls_port,
                password=PASSWORD,
            )
        )
        for folder in ("run", "state", "mail"):
            (self.home / folder).mkdir()
        self.home.chmod(0o755)
        self.give(self.home, *self.home.iterdir())
        who: dict[str, Any] = {} if os.geteuid() else {"user": self.user.pw_uid, "group": self.user.pw_gid}
        self._process = subprocess.Popen(
            [binary, "-F", "-c", str(self.home / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **who,
        )
        self._await_greeting()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)  # all of its processes: nothing of it is kept
            self._process.wait(20)
        shutil.rmtree(self.home, ignore_errors=True)

    def mailbox(self) -> "DovecotMailbox":
        """An empty one, of a user that nobody else has."""
        return DovecotMailbox(self, f"u{uuid4().hex[:12]}")

    def name(self) -> str:
        """Of a file in a Maildir; those that come later are numbered later."""
        self._names += 1
        return f"{1_700_000_000 + self._names}.M1P1.test"

    def give(self, *paths: Path) -> None:
        """Make these Dovecot's own."""
        if not os.geteuid():
            for path in paths:
                os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _await_greeting(self) -> None:
        deadline = time.monotonic() + _STARTING
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                if connection.recv(100).startswith(b"* OK"):
                    return
            assert time.monotonic() < deadline, (self.home / "log").read_text()
            time.sleep(0.02)


class DovecotMailbox:
    """One user's mailbox, from the server's side."""

    def __init__(self, dovecot: Dovecot, user: str) -> None:
        self.dovecot = dovecot
        self.user = user
        self.address = f"{user}@shop.example"
        self.home = dovecot.home / "mail" / user
        self._maildir("INBOX")

    def server(self, **changed: Any) -> ImapServer:
        plain = ImapServer(
            "127.0.0.1", self.user, PASSWORD, port=self.dovecot.port, tls="none", timeout=10.0, poll=30.0
        )
        return replace(plain, **changed)

    def url(self, password: str = PASSWORD) -> str:
        """The same as the settings write it."""
        return f"imap://{self.user}:{password}@127.0.0.1:{self.dovecot.port}"

    def deliver(self, *mails: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        """As a mail server does: one after another, each whole at once. `at`: when it arrived."""
        place = self._maildir(folder)
        for mail in mails:
            name = self.dovecot.name()
            written = place / "tmp" / name
            written.write_bytes(mail)
            self.dovecot.give(written)
            if at is not None:
                os.utime(written, (at.timestamp(), at.timestamp()))
            written.rename(place / "new" / name)

    def renumber(self, folder: str = "INBOX") -> None:
        """Another UIDVALIDITY and other UIDs for the same mails, as after a repair or a move to another server."""
        place = self._place(folder)
        uid_list = place / "dovecot-uidlist"
        head = uid_list.read_text().splitlines()[0].split()
        validity = next(int(each[1:]) for each in head if each.startswith("V"))
        (place / "dovecot-uidlist.new").write_text(f"3 V{validity + 7} N1 G{uuid4().hex}\n")
        self.dovecot.give(place / "dovecot-uidlist.new")
        (place / "dovecot-uidlist.new").rename(uid_list)
        for index in place.glob("dovecot.index*"):
            index.unlink()

    def remove(self, *uids: int, folder: str = "INBOX") -> None:
        """For good, as another program that reads this mailbox would."""
        with self.client() as client:
            client.select_folder(folder)
            client.delete_messages(uids)
            client.expunge(uids)

    def flags(self, folder: str = "INBOX") -> Sequence[tuple[bytes, ...]]:
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return [told[b"FLAGS"] for _, told in sorted(client.fetch(client.search(), ["FLAGS"]).items())]

    def client(self) -> IMAPClient:
        """Another program that is logged in to this mailbox."""
        client = IMAPClient("127.0.0.1", self.dovecot.port, ssl=False, timeout=10)
        client.login(self.user, PASSWORD)
        return client

    def _place(self, folder: str) -> Path:
        return self.home if folder == "INBOX" else self.home / f".{folder}"

    def _maildir(self, folder: str) -> Path:
        place = self._place(folder)
        if not (place / "new").exists():
            for path in (place, place / "cur", place / "tmp", place / "new"):
                path.mkdir(exist_ok=True)
                self.dovecot.give(path)
        return place
