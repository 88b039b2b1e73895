"""What stands for a mail that is not taken: a mail that any reader reads, whatever its headers were."""

import pytest

from connectors.email import read
from connectors.email.mailbox import notes
from tests.connectors.email.letters import letter, multipart

WHERE = {"address": "support@shop.example", "folder": "INBOX"}


def large(headers: bytes) -> bytes:
    return notes.too_large(headers, size=80 * 2**20, most=50 * 2**20, **WHERE)


class TestTooLarge:
    def test_keeps_who_wrote_what_about_and_says_what_happened(self) -> None:
        kind, body = multipart("Content-Type: text/plain\n\nhello")
        headers = notes.headers_of(letter(body, Content_Type=kind, In_Reply_To="<t1@shop.example>", MIME_Version="1.0"))
        mail = read(large(headers))
        assert [each.address for each in mail.sender] == ["dana@customer.example"]
        assert mail.message_id == "m1@customer.example"
        assert mail.in_reply_to == ("t1@shop.example",)
        assert mail.reply_text.startswith("[A mail of 80 MB was not taken: it is larger than the 50 MB")
        assert mail.reply_text.strip().endswith("It lies in the mailbox support@shop.example, in the folder INBOX.]")
        assert mail.attachments == ()
        assert mail.defects == ()
        assert mail.headers.raw(notes.NOT_TAKEN.lower()) == "too-large; size=83886080"

    def test_is_the_same_each_time(self) -> None:
        assert large(b"From: a@b.example\r\n") == large(b"From: a@b.example\r\n")

    @pytest.mark.parametrize(
        "headers",
        [
            b"",
            b"\r\n\r\n",
            b"Content-Type: multipart/mixed;\r\n\tboundary=cut\r\nFrom: dana@customer.example\r\n",
            b"From: dana@customer.example\nX-THREADLINE-NOT-TAKEN: forged\nContent-type: text/html\n",
            b"no header at all\r\nFrom: dana@customer.example\r\n" + b"X: " + b"x" * 2**20,
            bytes(range(256)),
        ],
    )
    def test_whatever_the_headers_are_our_words_are_read(self, headers: bytes) -> None:
        note = large(headers)
        assert len(note) < notes.MOST_HEADERS + 2000
        assert read(note).headers.raws(notes.NOT_TAKEN.lower()) in (
            ("too-large; size=83886080",),
            ["too-large; size=83886080"],
        )
        assert "A mail of 80 MB was not taken" in note.decode("latin-1").replace("\r\n", "\n").partition("\n\n")[2]


class TestMailUrl:
    def test_says_where_it_lies_whatever_the_folder_is_called(self) -> None:
        assert notes.mail_url("support@shop.example", "INBOX", 7, 42) == (
            "imap://support@shop.example/INBOX;UIDVALIDITY=7;UID=42"
        )
        assert (
            notes.mail_url("a@b", "Café/x;UID=9 #?", 7, 42)
            == "imap://a@b/Caf%C3%A9%2Fx%3BUID%3D9%20%23%3F;UIDVALIDITY=7;UID=42"
        )
