"""No bytes make the reader raise, take long or lose words; what the standard library writes is read as it was meant."""

import time
import tracemalloc
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email import limits, read
from connectors.email.incoming import parse
from connectors.email.judging.authenticity import authenticity
from connectors.email.judging.kind import judge
from connectors.email.judging.ours import Ours
from connectors.email.judging.thread import candidates
from tests.connectors.email.letters import letter
from tests.connectors.email.mutation import SEEDS, mutants
from tests.examples import tried

OURS = Ours(frozenset({"desk@shop.example"}), frozenset(), "mx.shop.example")


def take_apart(raw: bytes) -> None:
    """Everything that is done with a mail. Its words must be such that a database takes them."""
    found = read(raw)
    judge(found, OURS)
    authenticity(found, OURS)
    candidates(found, secrets=[b"k" * 32])
    assert parse("imap://desk@shop.example/INBOX;UID=1", raw, OURS, secrets=[b"k" * 32]), "it means something"
    assert found.split.text == found.text
    for words in (found.subject, found.text, found.html or "", *(each.name or "" for each in found.attachments)):
        words.encode()
        assert "\0" not in words


class TestAnyBytes:
    @given(raw=st.binary(max_size=2000))
    @tried(400)
    def test_are_read(self, raw: bytes) -> None:
        take_apart(raw)

    @given(seed=st.integers(0, 2**32))
    @tried(1200)
    def test_of_a_broken_mail_are_read(self, seed: int) -> None:
        for raw in mutants(seed, 1):
            take_apart(raw)

    def test_cut_off_anywhere_are_read(self) -> None:
        for raw in SEEDS:
            for end in range(0, len(raw), 7):
                take_apart(raw[:end])

    @pytest.mark.long
    def test_of_fifty_thousand_broken_mails_are_read(self) -> None:
        for raw in mutants(20261123, 50_000):
            take_apart(raw)


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp")), min_size=1, max_size=80)


class TestTheStandardLibrary:
    @given(subject=WORDS, text=WORDS, name=WORDS, files=st.lists(st.binary(min_size=1, max_size=200), max_size=3))
    @tried(300)
    def test_writes_what_is_read(self, subject: str, text: str, name: str, files: list[bytes]) -> None:
        message = EmailMessage()
        message["From"] = "Dana <dana@customer.example>"
        message["Subject"] = subject
        message.set_content(text)
        message.add_alternative("<p>x</p>", subtype="html")
        for number, content in enumerate(files):
            message.add_attachment(content, maintype="image", subtype="png", filename=f"{number}-{name}")
        found = read(message.as_bytes(policy=SMTP))
        assert " ".join(found.subject.split()) == " ".join(subject.split())
        assert found.text.strip() in (text.strip(), "x")
        assert [each.content for each in found.attachments] == files
        if "\\" not in name and '"' not in name:
            assert all(
                each.name.split() == f"{at}-{name}".split() for at, each in enumerate(found.attachments) if each.name
            )


def hostile() -> dict[str, bytes]:
    """Mails of two megabytes that ask for more work than they are worth."""
    size = 2_000_000

    def filled(piece: str, head: str = "Content-Type: text/plain") -> bytes:
        return f"From: a@b.example\n{head}\n\n".encode() + piece.encode() * (size // len(piece))

    return {
        "blank lines": filled("\n"),
        "quotes": filled("> " * 30 + "\n"),
        "headers": b"X-A: b\n" * (size // 7),
        "a folded header": b"Subject: a\n" + b" b\n" * (size // 3),
        "recipients": b"To: " + b"a@b.example, " * (size // 13) + b"\n\n",
        "open brackets": b"To: " + b"<,\n " * (size // 4) + b"\n\n",
        "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * (size // 14) + b"\n\n",
        "references": b"References: " + b"<a@b> " * (size // 6) + b"\n\n",
        "boundaries": filled("--x\n\n", "Content-Type: multipart/mixed; boundary=x"),
        "almost boundaries": filled("--xy", "Content-Type: multipart/mixed; boundary=x"),
        "parameters": b"Content-Type: a/b; " + b"a*0*=b; " * (size // 8) + b"\n\n",
        "base64": filled("QUJD\n=", "Content-Type: image/png\nContent-Transfer-Encoding: base64"),
        "uuencode": filled("begin 644 x\n#0V%T\n"),
        "html": filled("<div>", "Content-Type: text/html"),
        "entities": filled("&a", "Content-Type: text/html"),
        "calendar": filled("DTSTART;", "Content-Type: text/calendar"),
        "reports": filled("Action: failed\n\n", "Content-Type: message/delivery-status"),
        "raw letters": filled("\xe4"),
        "utf-7": filled("+AAA", "Content-Type: text/plain; charset=utf-7"),
        "bounce": filled("<a@b.example>: 550 ", "Subject: failure notice\nReturn-Path: <>"),
        "nested": b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(30_000)),
    }


class TestHostileMails:
    @pytest.mark.parametrize("name", list(hostile()))
    def test_take_no_longer_than_they_are(self, name: str) -> None:
        raw = hostile()[name]
        started = time.monotonic()
        take_apart(raw)
        assert time.monotonic() - started < 10  # what is not linear takes minutes

    @pytest.mark.long
    @pytest.mark.parametrize("name", list(hostile()))
    def test_take_a_bounded_multiple_of_their_memory(self, name: str) -> None:
        raw = hostile()[name]
        tracemalloc.start()
        try:
            take_apart(raw)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 60 * len(raw)

    @pytest.mark.long
    def test_a_mail_as_large_as_they_come_is_read(self) -> None:
        coded = b"A" * 76 + b"\r\n"
        raw = letter(coded * (limits.RAW // len(coded)), Content_Type="image/png", Content_Transfer_Encoding="base64")
        found = read(raw + b"x" * 1_000_000)
        assert found.attachments[0].size > 35_000_000
        assert "the mail is too large: its end is not read" in found.defects
