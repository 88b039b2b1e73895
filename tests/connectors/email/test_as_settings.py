"""The mailboxes of the desk as its settings write them down."""

import pytest

from connectors.email.as_settings import email_config, mail_listener
from connectors.email.config import EmailConfig

SECRET = "sixteen characters or more"
IMAP, SMTP = "imaps://support:pass@imap.shop.example", "smtps://support:pass@smtp.shop.example"


def config(
    written: str = "Shop <support@shop.example>",
    imap: str | None = IMAP,
    smtp: str | None = SMTP,
    secret: str | None = SECRET,
) -> EmailConfig:
    return email_config(
        written, imap=imap, smtp=smtp, secret=secret, lists="a.example, b.example", signature="Yours", largest=2**20
    )


class TestEmailConfig:
    def test_one_address_has_its_name_and_its_servers(self) -> None:
        made = config()
        (mailbox,) = made.mailboxes
        assert (mailbox.address, mailbox.name) == ("support@shop.example", "Shop")
        assert mailbox.signature == "Yours"
        assert mailbox.imap is not None
        assert mailbox.smtp is not None
        assert (mailbox.imap.host, mailbox.smtp.port) == ("imap.shop.example", 465)
        assert made.lists == {"a.example", "b.example"}

    def test_several_have_a_reader_each_and_may_share_who_sends(self) -> None:
        made = config("support@shop.example, Sales <sales@shop.example>", imap=f"{IMAP} -")
        first, second = made.mailboxes
        assert first.imap is not None
        assert second.imap is None
        assert first.smtp == second.smtp

    def test_mail_that_is_forwarded_is_taken_at_a_port(self) -> None:
        made = mail_listener("[::1]:2525", name="desk.shop.example", relays="10.0.0.7/32, ::1/128", largest=2**20)
        assert made is not None
        assert (made.host, made.port, made.relays) == ("::1", 2525, ("10.0.0.7/32", "::1/128"))
        assert mail_listener("", name="desk", largest=2**20) is None
        with pytest.raises(ValueError, match=r"an address and a port, such as 127\.0\.0\.1:2525"):
            mail_listener("2525", name="desk", largest=2**20)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"written": "support"}, "names no address"),
            ({"secret": None}, "SECRET_KEY"),
            ({"imap": f"{IMAP} {IMAP}"}, "2 servers for 1 addresses"),
            ({"written": "a@x.example, b@x.example"}, "EMAIL_IMAP_URL has 1 servers for 2 addresses"),
            ({"imap": "imaps://support:secretpass@"}, "looks like imaps://"),
        ],
    )
    def test_what_cannot_work_is_said_without_a_password(self, change: dict[str, str], words: str) -> None:
        with pytest.raises(ValueError, match=words) as refused:
            config(**change)
        assert "pass@" not in str(refused.value)
        assert "secretpass" not in str(refused.value)

    @pytest.mark.parametrize(
        "password", ["12?hush-hush", "12?hush", "12?hush&first=all", "12?hush=1", "?hush", "12/hush", "hu?sh"]
    )
    def test_a_password_that_is_not_encoded_is_not_repeated(self, password: str) -> None:
        with pytest.raises(ValueError, match="EMAIL_IMAP_URL: an address of a server looks like") as caught:
            config(imap=f"imaps://support:{password}@imap.shop.example")
        assert "hush" not in str(caught.value)

    def test_an_option_that_is_none_is_named(self) -> None:
        with pytest.raises(ValueError, match=r"EMAIL_IMAP_URL \(2 of 2\): a server's address knows no 'fist'"):
            config("a@shop.example, b@shop.example", imap=f"{IMAP} {IMAP}?fist=all")
