"""The channel's configs, and servers as one line: what can never work fails at the start, without the password."""

from typing import Any

import pytest

from connectors.email.config import EmailConfig, ImapServer, Mailbox, SmtpServer
from connectors.email.server_urls import imap_server, smtp_server

SECRET = b"0123456789abcdef"
BOX = Mailbox("support@shop.example", "Shop")


class TestImapServer:
    @pytest.mark.parametrize(
        ("url", "server"),
        [
            ("imaps://mia:hush@mail.example", ImapServer("mail.example", "mia", "hush")),
            (
                "imaps://support@shop.example:p%40ss%2F@mail.example:1993",
                ImapServer("mail.example", "support@shop.example", "p@ss/", port=1993),
            ),
            ("imap://mia:hush@mail.example?starttls", ImapServer("mail.example", "mia", "hush", 143, "starttls")),
            ("imap://mia:hush@127.0.0.1:2143", ImapServer("127.0.0.1", "mia", "hush", 2143, "none")),
            ("imap://mia:hush@[::1]", ImapServer("::1", "mia", "hush", 143, "none")),
            (
                "imap://mia:hush@10.0.0.7/?insecure",
                ImapServer("10.0.0.7", "mia", "hush", 143, "none", insecure=True),
            ),
            (
                "imaps://mia:hush@mail.example?folder=INBOX&folder=Caf%C3%A9&first=30&poll=5&timeout=7.5&ca=/etc/ca.pem",
                ImapServer(
                    "mail.example",
                    "mia",
                    "hush",
                    folders=("INBOX", "Café"),
                    first=30,
                    poll=5.0,
                    timeout=7.5,
                    ca_file="/etc/ca.pem",
                ),
            ),
        ],
    )
    def test_is_written_as_one_line(self, url: str, server: ImapServer) -> None:
        assert imap_server(url) == server

    @pytest.mark.parametrize(
        "url",
        [
            "imaps://mail.example",
            "imaps://mia@mail.example",
            "https://mia:hush@mail.example",
            "imaps://mia:hush@",
            "imaps://mia:hush#@mail.example",
            "imaps://mia:80/hush@mail.example",
            "imaps://mia:hush/@mail.example",
            "imaps://mia:hush@mail.example:99999",
            "imaps://mia:hush@[mail",
            "imaps://mia:hush@mail.example/INBOX",
            "imaps://mia:hush@mail.example?folders=INBOX",
            "imaps://mia:hush@mail.example?folder=",
            "imaps://mia:hush@mail.example?folder=A&folder=A",
            "imaps://mia:hush@mail.example?first=old",
            "imaps://mia:hush@mail.example?first=0",
            "imaps://mia:hush@mail.example?timeout=nan",
            "imaps://mia:hush@mail.example?timeout=soon",
            "imaps://mia:hush@mail.example?poll=0",
            "imap://mia:hush@mail.example",
        ],
    )
    def test_one_that_can_never_work_is_refused_without_showing_the_password(self, url: str) -> None:
        with pytest.raises(ValueError, match=r"[a-z]{3}") as caught:
            imap_server(url)
        assert "hush" not in str(caught.value)
        assert caught.value.__suppress_context__ or "hush" not in repr(caught.value.__context__)


class TestSmtpServer:
    @pytest.mark.parametrize(
        ("url", "server"),
        [
            ("smtps://mia:hush@mail.example", SmtpServer("mail.example", "mia", "hush", 465, "tls")),
            ("smtp://mia:hush@mail.example?starttls", SmtpServer("mail.example", "mia", "hush")),
            ("smtp://localhost", SmtpServer("localhost", port=25, tls="none")),
        ],
    )
    def test_is_written_as_one_line(self, url: str, server: SmtpServer) -> None:
        assert smtp_server(url) == server

    @pytest.mark.parametrize("url", ["smtp://mail.example", "smtps://mia@mail.example", "smtps://h?folder=A"])
    def test_one_that_can_never_work_is_refused(self, url: str) -> None:
        with pytest.raises(ValueError, match=r"[a-z]{3}"):
            smtp_server(url)


class TestEmailConfig:
    def test_shows_no_secret(self) -> None:
        server = ImapServer("mail.example", "mia", "hush"), SmtpServer("mail.example", "mia", "hush")
        shown = repr(EmailConfig((Mailbox("support@shop.example", "", *server),), SECRET))
        assert "hush" not in shown
        assert "0123" not in shown

    @pytest.mark.parametrize(
        "broken",
        [
            {"mailboxes": ()},
            {"mailboxes": (BOX, Mailbox("Support@shop.example"))},
            {"reply_secret": b"short"},
            {"largest": 1},
            {"largest": 2**40},
        ],
    )
    def test_one_that_can_never_work_is_refused(self, broken: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"[a-z]{3}"):
            EmailConfig(**{"mailboxes": (BOX,), "reply_secret": SECRET, **broken})

    @pytest.mark.parametrize(
        "address",
        ["", "shop.example", "@shop.example", "support@", "a b@c", "a@b@c", "a@b\nTo: x@y", "ä@b", "a" * 255 + "@b"],
    )
    def test_a_mailbox_has_an_address_that_mail_can_be_sent_to(self, address: str) -> None:
        with pytest.raises(ValueError, match=r"address"):
            Mailbox(address)
