"""Which parts are the text, which are files, and what the text says."""

import base64
import struct
from email.message import EmailMessage

import pytest

from connectors.email import limits, read
from connectors.email.reading.flowed import unflowed
from connectors.email.reading.tnef import tnef
from tests.connectors.email.letters import letter, mail, multipart, of_parts

PLAIN = "Content-Type: text/plain; charset=utf-8\n\nIn words"
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>In <b>colour</b></p>"
PICTURE = "Content-Type: image/png\nContent-ID: <pic@x>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="


class TestText:
    def test_is_the_plain_form_of_an_alternative(self) -> None:
        found = of_parts(PLAIN, HTML, kind="alternative")
        assert found.text == "In words"
        assert found.html == "<p>In <b>colour</b></p>"
        assert found.attachments == ()

    def test_is_the_html_where_the_plain_form_is_empty_or_only_says_to_look_at_the_html(self) -> None:
        long = "Content-Type: text/html\n\n" + "<p>Where is my parcel with the four mugs?</p>" * 3
        for plain in ("", "   \n", "Your mailer cannot show this mail."):
            found = of_parts(f"Content-Type: text/plain\n\n{plain}", long, kind="alternative")
            assert found.text.startswith("Where is my parcel"), plain

    def test_goes_on_after_a_file(self) -> None:
        file = "Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment\n\n%PDF-"
        found = of_parts("Content-Type: text/plain\n\nfirst", file, "Content-Type: text/plain\n\nsecond")
        assert found.text == "first\nsecond"
        assert [each.name for each in found.attachments] == ["a.pdf"]

    def test_of_related_parts_is_the_first_and_its_pictures_are_inline(self) -> None:
        page = 'Content-Type: text/html\n\n<p>Look: <img src="cid:pic@x" alt="mug"></p>'
        found = of_parts(page, PICTURE, kind="related")
        assert found.html == '<p>Look: <img src="cid:pic@x" alt="mug"></p>'
        (picture,) = found.attachments
        assert (picture.inline, picture.content_id, picture.content) == (True, "pic@x", b"\x89PNG\r\n\x1a\n")

    def test_of_a_signed_mail_is_what_was_signed(self) -> None:
        found = of_parts(PLAIN, "Content-Type: application/pgp-signature\n\nxxx", kind="signed")
        assert (found.text, found.protection) == ("In words", "signed")

    def test_of_an_encrypted_mail_is_none_and_that_is_said(self) -> None:
        body = "-----BEGIN PGP MESSAGE-----\n\nabc"
        found = of_parts(
            "Content-Type: application/pgp-encrypted\n\nVersion: 1",
            f"Content-Type: application/octet-stream\n\n{body}",
            kind="encrypted",
        )
        assert (found.text, found.protection, len(found.attachments)) == ("", "encrypted", 2)
        assert mail(body).protection == "encrypted"

    def test_longer_than_any_letter_becomes_a_file_and_nothing_is_lost(self) -> None:
        long = "word " * (limits.TEXT // 5 + 1000)
        found = mail(long)
        assert len(found.text) == limits.TEXT
        assert found.attachments[0].content.decode().strip() == long.strip()
        assert any("too long" in each for each in found.defects)

    @pytest.mark.parametrize(
        ("encoding", "body"),
        [
            ("quoted-printable", b"Gr=C3=BC=C3=9Fe=\r\n, Max"),
            ("base64", base64.b64encode("Grüße, Max".encode())),
            ("base64", b"R3LDvMOfZSwg\r\n!!! TWF4"),
            ("8bit", "Grüße, Max".encode()),
            ("x-unknown", "Grüße, Max".encode()),
        ],
    )
    def test_is_decoded_also_where_it_was_encoded_badly(self, encoding: str, body: bytes) -> None:
        found = mail(body, Content_Transfer_Encoding=encoding, Content_Type="text/plain; charset=utf-8")
        assert found.text == "Grüße, Max"

    def test_of_lines_that_flow_is_joined(self) -> None:
        said = "It goes \non here.\n> they \n> asked\n-- \nMax"
        assert unflowed(said) == "It goes on here.\n> they asked\n-- \nMax"
        assert unflowed("日本 \n語", delsp=True) == "日本語"
        assert mail(said, Content_Type="text/plain; format=flowed").text.startswith("It goes on here.")

    def test_holds_files_of_old_that_are_taken_out(self) -> None:
        found = mail("Hello\nbegin 644 mug.txt\n#0V%T\n`\nend\nGoodbye")
        assert found.text == "Hello\n\nGoodbye"
        assert [(each.name, each.content) for each in found.attachments] == [("mug.txt", b"Cat")]

    def test_that_only_begins_like_such_a_file_stays(self) -> None:
        said = "begin 644 times\nwe tried\nend"
        assert mail(said).text == said


class TestFiles:
    def test_keep_their_names_in_every_encoding(self) -> None:
        message = EmailMessage()
        message["From"] = "a@b.example"
        message.set_content("x")
        for name in ("invoice.pdf", "Rechnung März.pdf", "請求書.pdf", 'a"b.pdf'):
            message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename=name)
        found = read(message.as_bytes())
        assert [each.name for each in found.attachments] == [
            "invoice.pdf",
            "Rechnung März.pdf",
            "請求書.pdf",
            'a"b.pdf',
        ]

    def test_that_are_mails_are_named_by_their_subject_and_stay_whole(self) -> None:
        inner = letter(Subject="The first mail").decode().replace("\r\n", "\n")
        found = of_parts(PLAIN, f"Content-Type: message/rfc822\n\n{inner}")
        (file,) = found.attachments
        assert file.name == "The first mail.eml"
        assert read(file.content).subject == "The first mail"
        assert found.text == "In words"

    def test_too_deep_or_too_many_are_kept_as_one(self) -> None:
        body = "Content-Type: text/plain\n\ndeep"
        for level in range(limits.DEPTH + 30):
            kind, inner = multipart(body, boundary=f"b{level}")
            body = f"Content-Type: {kind}\n\n{inner}"
        found = read(b"From: a@b.example\n" + body.encode())
        assert any(b"deep" in each.content for each in found.attachments)
        assert "parts are nested too deeply: the innermost are one file" in found.defects
        many = of_parts(*["Content-Type: image/png\n\nx"] * (limits.PARTS + 100))
        assert len(many.attachments) < limits.PARTS
        assert "the mail has too many parts: the last ones are not read" in many.defects

    def test_of_a_multipart_that_does_not_end_are_read(self) -> None:
        kind, body = multipart(PLAIN, PICTURE)
        found = mail(body.removesuffix("--cut--\n"), Content_Type=kind)
        assert (found.text, len(found.attachments)) == ("In words", 1)

    def test_a_multipart_without_parts_is_text(self) -> None:
        assert mail("Only words", Content_Type="multipart/mixed; boundary=x").text == "Only words"
        assert mail("Only words", Content_Type="multipart/mixed").text == "Only words"

    def test_a_boundary_that_begins_like_another_is_another(self) -> None:
        kind, inner = multipart("Content-Type: text/plain\n\ninner", boundary="cut2")
        found = of_parts(f"Content-Type: {kind}\n\n{inner}", PICTURE)
        assert (found.text, len(found.attachments)) == ("inner", 1)


class TestCalendar:
    def test_an_invitation_is_read(self) -> None:
        event = (
            "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VTIMEZONE\nDTSTART:19700101T000000\nEND:VTIMEZONE\n"
            "BEGIN:VEVENT\nDTSTART;TZID=Europe/Berlin:20261124T090000\nSUMMARY:Mugs\\, and\n  more\nEND:VEVENT"
        )
        found = of_parts(PLAIN, f"Content-Type: text/calendar; method=REQUEST\n\n{event}", kind="alternative")
        assert found.invitation is not None
        said = (found.invitation.method, found.invitation.summary, found.invitation.starts)
        assert said == ("REQUEST", "Mugs, and more", "20261124T090000")
        assert [each.content_type for each in found.attachments] == ["text/calendar"]


def attribute(name: int, data: bytes, level: int = 2) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def wrapped() -> bytes:
    """A winmail.dat with a text and one file that has a long name."""
    name = "Rechnung März.pdf".encode("utf-16-le") + b"\0\0"
    padded = name + b"\0" * (-len(name) % 4)
    properties = struct.pack("<I", 1) + struct.pack("<HHII", 0x001F, 0x3707, 1, len(name)) + padded
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(0x9007, struct.pack("<II", 1252, 0), level=1)
        + attribute(0x800C, "Grüße".encode("cp1252") + b"\0", level=1)
        + attribute(0x9002, b"\0" * 14)
        + attribute(0x8010, b"RECHNU~1.PDF\0")
        + attribute(0x800F, b"%PDF-1.7")
        + attribute(0x9005, properties)
    )


class TestTnef:
    def test_its_files_and_text_come_out(self) -> None:
        coded = base64.b64encode(wrapped()).decode()
        part = f"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{coded}"
        found = of_parts(part)
        assert [(each.name, each.content) for each in found.attachments] == [("Rechnung März.pdf", b"%PDF-1.7")]
        assert found.text == "Grüße"

    def test_what_is_broken_anywhere_gives_what_stood_before(self) -> None:
        whole = wrapped()
        for end in range(len(whole)):
            found = tnef(whole[:end])
            assert all(each.content for each in found.files)
        for at in range(len(whole)):
            tnef(whole[:at] + b"\xff\xff\xff\xff" + whole[at + 4 :])
